import type { LookupError } from '../../../src/domain/errors.ts';
import type { AccountEvent } from '../../../src/domain/events.ts';
import type { Quota } from '../../../src/domain/provider.ts';
import type { Exchange, Subject } from '../../../src/exchange/exchange.ts';
import { createRedisExchange } from '../../../src/exchange/redis-exchange.ts';
import {
  createFakeClock,
  createProcessClock,
  type FakeClock,
  type ProcessClock,
} from '../../support/fake-clock.ts';
import { createFakeOwner, createFakeVendor, type FakeVendor } from './fake-owner.ts';
import { createFakeRedis, type FakeLink, type FakeRedis, type Network } from './fake-redis.ts';
import { createTrust } from './trust.ts';

/** What a replica received of its wants. */
export interface Received {
  readonly kind: 'answer' | 'failure' | 'refusal';
  readonly id: string;
  readonly at: number;
  readonly code?: string;
  readonly reason?: string | undefined;
}

export interface Replica {
  readonly name: string;
  readonly exchange: Exchange;
  readonly link: FakeLink;
  readonly clock: ProcessClock;
  readonly received: Received[];
  readonly events: AccountEvent[];
  /** Ends it as a crash would: nothing is handed over. */
  kill(): void;
  readonly isKilled: boolean;
}

export interface ReplicaOptions {
  readonly replicas?: number;
  readonly fingerprint?: string;
  readonly secrets?: readonly string[];
  readonly shape?: number;
  readonly isGreedy?: boolean;
  readonly network?: Partial<Network>;
  readonly callMs?: number;
}

/** Replicas of one account over a fake Redis, in virtual time. */
export interface World {
  readonly clock: FakeClock;
  readonly redis: FakeRedis;
  readonly vendor: FakeVendor;
  readonly quota: Quota;
  readonly replicas: Replica[];
  start(options?: ReplicaOptions): Replica;
  /** Those that make calls as the owner of the account. */
  owners(): Replica[];
  /** The most calls in any span of the quota. */
  mostCalls(): number;
}

export const createWorld = (quota: Quota = { calls: 20, perMs: 1_000 }): World => {
  const clock = createFakeClock();
  const redis = createFakeRedis(clock);
  const vendor = createFakeVendor();
  const replicas: Replica[] = [];

  const start = (options: ReplicaOptions = {}): Replica => {
    const { isGreedy = false, callMs } = options;
    const name = `replica-${replicas.length + 1}`;
    const processClock = createProcessClock(clock);
    const link = redis.connect(processClock, options.network);
    const received: Received[] = [];
    const events: AccountEvent[] = [];
    let isKilled = false;
    const exchange = createRedisExchange({
      redis: link,
      account: 'vendor-a1',
      fingerprint: options.fingerprint ?? 'good',
      replicas: options.replicas ?? 1,
      quota,
      clock: processClock,
      replicaId: name,
      trust: createTrust(options.secrets),
      emit: (event) => events.push(event),
      ...(options.shape !== undefined && { shape: options.shape }),
      createOwner: (links) =>
        createFakeOwner({
          name,
          clock: processClock,
          vendor,
          quota,
          links,
          isGreedy,
          isKilled: () => isKilled,
          ...(callMs !== undefined && { callMs }),
        }),
    });
    const note = (kind: Received['kind'], { id }: Subject, error?: LookupError): void => {
      const why = error && { code: error.code, reason: error.details.reason?.kind };
      received.push({ kind, id, at: clock.elapsed(), ...why });
    };
    exchange.listen({
      onNewOwner: () => {},
      onAnswer: (subject) => note('answer', subject),
      onFailure: (subject, error) => note('failure', subject, error),
      onRefusal: (subject, error) => note('refusal', subject, error),
    });
    const replica: Replica = {
      name,
      exchange,
      link,
      clock: processClock,
      received,
      events,
      kill: () => {
        isKilled = true;
        link.kill();
        // No timer of a dead process fires.
        processClock.holdUp(1e12);
      },
      get isKilled() {
        return isKilled;
      },
    };
    replicas.push(replica);
    return replica;
  };

  return {
    clock,
    redis,
    vendor,
    quota,
    replicas,
    start,
    owners: () => replicas.filter((replica) => !replica.isKilled && replica.exchange.state.kind === 'owner'),
    mostCalls: () => mostInAnySpan(vendor.calls, quota.perMs),
  };
};

/** The most calls in any span. */
export const mostInAnySpan = (calls: readonly { readonly at: number }[], spanMs: number): number => {
  let most = 0;
  let first = 0;
  for (const [index, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - spanMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
};

/** A want that somebody waits for. */
export const toWant = (id: string, patienceMs = 5_000) => ({
  typename: 'Task',
  id,
  patienceMs,
  dueInMs: 0,
  caller: 'somebody',
});
