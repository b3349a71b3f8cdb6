import type { Clock } from '../clock.ts';
import { isRetryable, LookupError } from '../errors.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';
import type { FetchTask, Quota } from '../provider.ts';
import { isFinalStatus, type ProviderName, type Snapshot, type Task } from '../task.ts';
import { type TaskRef, toIdentity } from '../task-id.ts';
import { createBreaker } from './breaker.ts';
import { createTaskCache, type Entry } from './cache.ts';
import { failureBackoffMs, staleGraceMs, toFreshMs, toNextPollMs } from './freshness.ts';
import { createQuotaGate } from './quota.ts';

/** A configured provider: how to ask it and how often. */
export interface Account {
  readonly provider: ProviderName;
  readonly quota: Quota;
  readonly fetchTask: FetchTask;
}

/** Finds tasks, whoever the vendor is. */
export interface Lookup {
  /**
   * The task, at once if it is known and fresh. Whatever keeps the vendor's answer away is told in the task's
   * `problem`: a rejection is a bug in this program.
   */
  find(ref: TaskRef): Task | Promise<Task>;
  /** What the circuit breaker of a provider does. Undefined when it is not configured. */
  breakerState(provider: ProviderName): MediaTaskBreakerState | undefined;
}

export interface LookupOptions {
  readonly accounts: readonly Account[];
  readonly clock: Clock;
  /** How long one task may take, waiting for quota included. */
  readonly deadlineMs: number;
  /** Blots out secrets that a vendor's message repeats. */
  readonly redact: (text: string) => string;
}

/** The part of the deadline that is kept for the call itself, and not spent waiting for a slot. */
const callShare = 0.2;

/** Puts together cache, breaker, quota and provider: the way of every question. */
export const createLookup = ({ accounts, clock, deadlineMs, redact }: LookupOptions): Lookup => {
  const desks = new Map(
    accounts.map((account) => [
      account.provider,
      { ...account, gate: createQuotaGate(account.quota, clock), breaker: createBreaker() },
    ]),
  );

  const ask = async (ref: TaskRef): Promise<Snapshot | null> => {
    const desk = desks.get(ref.provider);
    if (!desk)
      throw new LookupError('PROVIDER_NOT_CONFIGURED', 'This server holds no credentials for the provider.');
    const deadline = clock.now() + deadlineMs;
    return desk.breaker.run(async () => {
      await desk.gate.take(deadline - deadlineMs * callShare);
      return desk.fetchTask(ref.key, { signal: AbortSignal.timeout(Math.max(0, deadline - clock.now())) });
    });
  };

  const refresh = async (ref: TaskRef, last: Task | undefined): Promise<Entry> => {
    try {
      const snapshot = await ask(ref);
      const now = clock.now();
      const task = snapshot ? toTask(ref, snapshot, now) : toNotFound(ref);
      return { task, freshMs: toFreshMs(snapshot, now) };
    } catch (error) {
      const stale = error instanceof LookupError && isRetryable(error.code) && toStale(last, clock.now());
      if (stale) return { task: stale, freshMs: failureBackoffMs };
      throw error;
    }
  };

  const cache = createTaskCache(refresh, clock);

  return {
    find: (ref) =>
      cache.peek(ref) ??
      cache.fetch(ref).catch((error: unknown) => {
        if (error instanceof LookupError) return toProblem(ref, error, redact);
        throw error;
      }),
    breakerState: (provider) => desks.get(provider)?.breaker.state,
  };
};

const toTask = (ref: TaskRef, snapshot: Snapshot, now: number): Task => ({
  ...snapshot,
  ...toIdentity(ref),
  isFinal: isFinalStatus(snapshot.status),
  fetchedAt: new Date(now).toISOString(),
  stale: false,
  nextPollAfterMs: toNextPollMs(snapshot),
  problem: null,
});

/** The last answer, marked stale, unless there is none or it is too old to show. */
const toStale = (last: Task | undefined, now: number): Task | undefined => {
  if (!last?.fetchedAt || now - Date.parse(last.fetchedAt) > staleGraceMs) return undefined;
  return last.stale ? last : { ...last, stale: true };
};

const toNotFound = (ref: TaskRef): Task => ({
  ...toIdentity(ref),
  stale: false,
  nextPollAfterMs: toNextPollMs(null),
  problem: {
    code: 'TASK_NOT_FOUND',
    message: 'The vendor knows no such task, or does not keep it any more.',
    retryable: isRetryable('TASK_NOT_FOUND'),
    retryAfterMs: null,
    vendorCode: null,
    vendorRequestId: null,
  },
});

const toProblem = (
  ref: TaskRef,
  { code, message, details }: LookupError,
  redact: (text: string) => string,
): Task => {
  const retryable = isRetryable(code);
  const retryAfterMs = retryable ? (details.retryAfterMs ?? failureBackoffMs) : null;
  return {
    ...toIdentity(ref),
    stale: false,
    nextPollAfterMs: retryAfterMs,
    problem: {
      code,
      message: redact(message),
      retryable,
      retryAfterMs,
      vendorCode: details.vendorCode ?? null,
      vendorRequestId: details.vendorRequestId ?? null,
    },
  };
};
