import type { Answer } from '../../../src/domain/answer.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import { LookupError } from '../../../src/domain/errors.ts';
import type { Quota } from '../../../src/domain/provider.ts';
import type { Subject } from '../../../src/exchange/exchange.ts';
import type { OwnerLinks } from '../../../src/exchange/local-exchange.ts';
import type { HandOver, Owner } from '../../../src/owner/owner.ts';
import { createRateLimiter } from '../../../src/owner/rate-limiter.ts';

/** A vendor that knows every task. It notes when it was called, and by which process. */
export interface FakeVendor {
  readonly calls: { readonly at: number; readonly by: string; readonly id: string }[];
  /** The error that it answers this process with, if any. */
  refuses: (by: string) => LookupError | undefined;
}

export const createFakeVendor = (): FakeVendor => ({ calls: [], refuses: () => undefined });

export interface FakeOwnerOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly vendor: FakeVendor;
  readonly quota: Quota;
  readonly links: OwnerLinks;
  /** Calls whenever it may, wanted or not. */
  readonly isGreedy?: boolean;
  readonly callMs?: number;
  readonly isKilled: () => boolean;
}

const freshMs = 2_000;

/** The thinnest owner behind the real rate limiter: one queue, no breaker, no retry. */
export const createFakeOwner = (options: FakeOwnerOptions): Owner => {
  const { name, clock, vendor, quota, links, isGreedy = false, callMs = 40, isKilled } = options;
  const limiter = createRateLimiter(quota, clock);
  const queue = new Map<string, Subject>();
  const recent = new Map<string, Answer>();
  let share = 0;
  let isRunning = false;
  const underWay = new Set<Subject>();
  /** What a predecessor will still push the answers of. */
  const elsewhere = new Set<string>();
  const drained: (() => void)[] = [];
  let count = 0;

  const call = async (subject: Subject): Promise<void> => {
    vendor.calls.push({ at: clock.elapsed(), by: name, id: subject.id });
    underWay.add(subject);
    const error = vendor.refuses(name);
    await clock.sleep(callMs);
    underWay.delete(subject);
    if (isKilled()) return;
    const now = clock.elapsed();
    if (!error) {
      const content = { status: 'RUNNING' as const };
      const answer = { content, fetchedAt: now, checkedAt: now };
      if (!isGreedy) recent.set(subject.id, answer);
      links.publisher.answer(subject, answer);
    } else if (
      error.details.reason?.kind !== 'wrong-credentials' ||
      !links.publisher.credentialsRefused(error)
    ) {
      links.publisher.failure(subject, error, 1_000);
    }
    if (underWay.size === 0) for (const resolve of drained.splice(0)) resolve();
  };

  const nextSubject = (): Subject | undefined => {
    const [first] = queue;
    if (!first) {
      count += 1;
      return isGreedy ? { typename: 'Filler', id: `${name}-${count}` } : undefined;
    }
    queue.delete(first[0]);
    return first[1];
  };

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    while (share > 0 && !isKilled() && (isGreedy || queue.size > 0)) {
      const permit = limiter.take();
      if (typeof permit === 'number') {
        await clock.sleep(Math.max(1, Math.min(permit, 100)));
        continue;
      }
      // As the way to the vendor: the last look is taken when the connection is there.
      await clock.sleep(1);
      if (!links.mayCall() || !limiter.isValid(permit)) continue;
      const subject = nextSubject();
      if (subject) void call(subject);
    }
    isRunning = false;
  };

  return {
    want: (want, replica) => {
      if (share <= 0 || elsewhere.has(want.id)) return;
      if ([...underWay].some(({ id }) => id === want.id)) return;
      const known = recent.get(want.id);
      if (known && clock.elapsed() - known.fetchedAt < freshMs) {
        links.publisher.answer({ typename: want.typename, id: want.id }, known);
        return;
      }
      const positionMs = queue.size * limiter.spacingMs + limiter.nextInMs;
      if (want.patienceMs > 0 && positionMs > want.patienceMs) {
        const details = { retryAfterMs: positionMs, reason: { kind: 'own-quota' as const } };
        links.publisher.refusal(
          replica,
          want,
          new LookupError('RATE_LIMITED', 'The quota is full.', details),
        );
      }
      queue.set(`${want.typename} ${want.id}`, { typename: want.typename, id: want.id });
      void run();
    },
    setShare: (next) => {
      share = next;
      limiter.setShare(next);
      if (next === 0) queue.clear();
      void run();
    },
    settled: () => {},
    hold: limiter.hold,
    handOver: (): HandOver => {
      queue.clear();
      return {
        nextPermitInMs: limiter.successorInMs,
        vendorPauseMs: 0,
        credentialsAccepted: true,
        breaker: { openForMs: 0, opened: 0 },
        underWay: [...underWay].map((subject) => ({ ...subject, forMs: callMs })),
      };
    },
    takeOver: ({ nextPermitInMs, underWay: calls }) => {
      limiter.hold(nextPermitInMs);
      for (const { id } of calls) elsewhere.add(id);
    },
    drain: () => (underWay.size === 0 ? Promise.resolve() : new Promise((resolve) => drained.push(resolve))),
    get status() {
      const backlogMs = Math.min(60_000, queue.size * limiter.spacingMs) || 0;
      return { breaker: 'CLOSED' as const, renewalBacklogMs: 0, backlogMs };
    },
  };
};
