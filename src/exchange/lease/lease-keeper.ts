import type { Clock } from '../../domain/clock.ts';
import type { AccountKeys } from '../keys.ts';
import { toAskMessage } from '../messages-to-replicas.ts';
import { RedisDown, type RedisLink } from '../redis/link.ts';
import type { Requests } from '../requests.ts';
import type { Authority } from './authority.ts';
import { type LeaseState, toRecordText } from './lease-record.ts';
import type { LeaseAction } from './lease-terms.ts';

export interface LeaseKeeperOptions {
  readonly redis: Pick<RedisLink, 'read' | 'compareAndSet'>;
  readonly keys: Pick<AccountKeys, 'lease' | 'replicas'>;
  readonly requests: Pick<Requests, 'measure' | 'publish' | 'keep'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly replicaId: string;
  readonly authority: Pick<Authority, 'lease' | 'release'>;
  readonly toState: (now: number) => LeaseState;
}

/** What a vacant record says to whoever takes the account over. */
export type Vacancy = Pick<LeaseState, 'handOver' | 'leastShape'>;

/** Keeps the lease's record in Redis as the lease wants it. */
export interface LeaseKeeper {
  /** Does what is due. @param onDone something has come of it */
  keep(now: number, onDone: () => void): void;
  /** Stops being the owner. @returns writes the vacant record; undefined when this process was not the owner */
  release(): ((vacancy: Vacancy) => Promise<void>) | undefined;
}

/** How long records live that nobody renews: for nothing but to be cleared away. */
const recordLifeMs = 7 * 24 * 3_600_000;
const vacantLifeMs = 60_000;

export const createLeaseKeeper = (options: LeaseKeeperOptions): LeaseKeeper => {
  const { redis, keys, requests, clock, replicaId, authority, toState } = options;
  const { lease } = authority;

  const perform = async (action: LeaseAction): Promise<void> => {
    if (action.kind === 'ask') {
      requests.publish(keys.replicas, toAskMessage(replicaId));
      return;
    }
    if (action.kind === 'read') {
      const [stored] = await requests.measure(redis.read([keys.lease]));
      lease.wasRead(stored?.text ?? '', clock.elapsed());
      return;
    }
    const { expected, term, counter } = action;
    const next = toRecordText({ owner: replicaId, term, counter, state: toState(clock.elapsed()) });
    const change = { expected, next, keepMs: recordLifeMs, channel: keys.replicas };
    const current = await requests.measure(redis.compareAndSet(keys.lease, change));
    lease.replied(action, current, clock.elapsed());
  };

  return {
    keep: (now, onDone) => {
      const action = lease.next(now);
      if (action) requests.keep(perform(action).then(onDone));
    },
    release: () => {
      // With the members and the state of the moment at which it still was the owner.
      const state = lease.isOwner ? toState(clock.elapsed()) : undefined;
      const change = authority.release();
      if (!state || !change) return undefined;
      const { expected, term, counter } = change;
      return async (vacancy) => {
        const vacant = { ...state, ...vacancy, isListening: false };
        const next = toRecordText({ owner: undefined, term, counter, state: vacant });
        const record = { expected, next, keepMs: vacantLifeMs, channel: keys.replicas };
        await redis.compareAndSet(keys.lease, record).catch((error: unknown) => {
          if (!(error instanceof RedisDown)) throw error;
        });
      };
    },
  };
};
