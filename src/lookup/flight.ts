import type { Clock } from '../domain/clock.ts';
import { isRetryable, LookupError, toRedacted } from '../domain/errors.ts';
import type { ProviderName, Snapshot, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Account, Terms } from './account.ts';
import type { Entry } from './entry.ts';
import { toSettledEntry } from './finality.ts';
import { failureBackoffMs, keepMsOf, showableMeanwhileUntil } from './freshness.ts';
import type { TaskMemory } from './memory.ts';
import { toQuotaRefusal } from './quota.ts';
import type { Lease, SharedTasks } from './shared-tasks.ts';

/** What a flight brings home. */
export interface Landing {
  readonly task: Task;
  /** Set when our own quota had no slot: the vendor was not asked, and after this time could be. */
  readonly retryAfterMs?: number | undefined;
}

export interface FlightTerms extends Terms {
  /** Whether an entry past its freshness is good enough to come back with. */
  readonly acceptStale: boolean;
}

export interface FlightParts {
  readonly memory: TaskMemory;
  /** What replicas share; without it this process keeps every promise alone. */
  readonly sharedTasks: SharedTasks | undefined;
  readonly clock: Clock;
  /** Blots out secrets that a vendor's message repeats. */
  readonly redact: (text: string) => string;
  readonly onSnapshot: ((provider: ProviderName, snapshot: Snapshot) => void) | undefined;
}

/**
 * Brings home the answer to one question: another replica's if there is one or will be, else the vendor's.
 * Whatever goes wrong at the vendor lands as a problem, or as the last answer marked stale.
 */
export type Fly = (account: Account, ref: TaskRef, terms: FlightTerms) => Promise<Landing>;

export const createFly = ({ memory, sharedTasks, clock, redact, onSnapshot }: FlightParts): Fly => {
  const ask = async (
    account: Account,
    ref: TaskRef,
    terms: Terms,
    lease: Lease | undefined,
    last: Entry | undefined,
  ): Promise<Landing> => {
    try {
      const snapshot = await account.ask(ref, terms);
      if (snapshot) onSnapshot?.(ref.provider, snapshot);
      const entry = toSettledEntry(last, snapshot, clock.now());
      lease?.store(entry);
      return { task: memory.keep(ref, entry, 'memory') };
    } catch (error) {
      if (error instanceof LookupError) return landFailure(ref, error, lease, last);
      lease?.release();
      throw error;
    }
  };

  const landFailure = (
    ref: TaskRef,
    failure: LookupError,
    lease: Lease | undefined,
    last: Entry | undefined,
  ): Landing => {
    const error = toRedacted(failure, redact);
    const { code, details } = error;
    if (details.reason?.kind === 'own-quota') {
      lease?.release();
      return { task: memory.keepFailure(ref, error, 0, last), retryAfterMs: details.retryAfterMs };
    }
    const backoffMs = isRetryable(code)
      ? Math.max(failureBackoffMs, details.retryAfterMs ?? 0)
      : keepMsOf(null);
    lease?.fail(error, backoffMs);
    return { task: memory.keepFailure(ref, error, backoffMs, last) };
  };

  return async (account, ref, terms) => {
    const last = memory.recall(ref.id)?.entry;
    const latest = clock.now() + terms.maxWaitMs;
    let { acceptStale } = terms;
    while (clock.now() < terms.deadline) {
      // Waiting for another replica's flight was waiting, too.
      const restTerms = { ...terms, maxWaitMs: latest - clock.now() };
      const fullForMs = account.fullForMs(restTerms);
      const shared = await sharedTasks?.look(ref.id, acceptStale, fullForMs === 0).catch(() => undefined);
      switch (shared?.kind) {
        case undefined:
          return ask(account, ref, restTerms, undefined, last);
        case 'unknown':
          return landFailure(ref, toQuotaRefusal(fullForMs), undefined, shared.entry ?? last);
        case 'leased':
          return ask(account, ref, restTerms, shared.lease, shared.entry ?? last);
        case 'fresh':
          return { task: memory.keep(ref, shared.entry, 'shared') };
        case 'failed':
          return { task: memory.keepFailure(ref, shared.error, shared.backoffMs, shared.entry ?? last) };
        case 'stale':
          if (clock.now() < showableMeanwhileUntil(shared.entry))
            return { task: memory.keepStale(ref, shared.entry) };
          acceptStale = false;
          break;
        case 'busy':
          await shared.settled;
      }
    }
    const tooLate = new LookupError('TIMEOUT', 'No replica had an answer before the deadline.');
    return { task: memory.keepFailure(ref, tooLate, 0, last) };
  };
};
