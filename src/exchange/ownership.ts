import type { Owner } from '../owner/owner.ts';
import type { AnswerStore } from './answer-store.ts';
import type { HandOverReason } from './events.ts';
import { guarded } from './guarded.ts';
import type { AccountKeys } from './keys.ts';
import type { Authority } from './lease/authority.ts';
import { createLeaseKeeper } from './lease/lease-keeper.ts';
import type { LeaseState } from './lease/lease-record.ts';
import type { Succession } from './lease/lease-terms.ts';
import type { Listeners } from './listeners.ts';
import { readMessageToOwner } from './messages-to-owner.ts';
import { createPublisher } from './publisher.ts';
import type { Subscription } from './redis/link.ts';
import type { RedisExchangeOptions } from './redis-exchange.ts';
import type { Requests } from './requests.ts';

export interface OwnershipOptions
  extends Pick<
    RedisExchangeOptions,
    'redis' | 'account' | 'createOwner' | 'clock' | 'replicaId' | 'onEvent'
  > {
  readonly keys: AccountKeys;
  readonly requests: Requests;
  readonly store: AnswerStore;
  readonly listeners: Listeners;
  readonly authority: Authority;
  readonly shape: number;
  /** Something has changed: whatever is due should be done. */
  readonly onChange: () => void;
  readonly onBug: (error: unknown) => void;
}

/** The owner in this process: served with wants, given its share, and handed over as this process's authority says. */
export interface Ownership {
  readonly owner: Owner;
  /** Whether the owner in this process may call the vendor at this moment. */
  mayCall(): boolean;
  /** Uses this part of the quota from now on. @returns whether it had none before */
  setShare(share: number): boolean;
  /** Renews the lease in Redis, or contends for it, when that is due. */
  keepLease(now: number): void;
  /** This process has become the owner of the account. */
  start(succession: Succession): void;
  /** It is the owner no longer, and has not handed the account over. */
  lose(): void;
  /** Leaves the account vacant for another replica to go on at once. Nothing happens unless this process is the owner. */
  handOver(why: HandOverReason): Promise<void>;
  /** Hands over if another replica has a newer version, or credentials that are not refused as these are. */
  handOverIfDue(now: number): void;
  /** Receives no wants any more. */
  stopListening(): void;
}

/** An owner hands over to a newer version, and to other credentials, at most so often. */
const handOverEveryMs = 5_000;

export const createOwnership = (options: OwnershipOptions): Ownership => {
  const {
    redis,
    account,
    keys,
    requests,
    clock,
    replicaId,
    listeners,
    authority,
    shape,
    onEvent,
    onChange,
    onBug,
  } = options;
  let share = 0;
  /** Open while this process owns the account. */
  let subscription: Subscription | undefined;
  let handedOverAt = Number.NEGATIVE_INFINITY;

  const mayCall = (): boolean => {
    const now = clock.elapsed();
    return share > 0 && (authority.isOwner(now) || authority.isAlone(now));
  };

  const owner = options.createOwner({
    mayCall,
    read: options.store.read,
    publisher: createPublisher({
      ...options,
      credentialsRefused: () => {
        const hasOther = authority.denyCredentials(clock.elapsed());
        if (!hasOther || !authority.lease.isOwner) return false;
        requests.keep(handOver('wrong-credentials'));
        return true;
      },
    }),
  });

  const leaseKeeper = createLeaseKeeper({
    ...options,
    toState: (now): LeaseState => ({
      ...authority.toLeaseState(now),
      isListening: subscription?.isActive ?? false,
      status: owner.status,
    }),
  });

  const stopListening = (): void => {
    subscription?.close();
    subscription = undefined;
  };

  const receive = (text: string): void => {
    const message = readMessageToOwner(text);
    if (!message || !authority.lease.isOwner) return;
    const now = clock.elapsed();
    if (message.kind === 'heartbeat') authority.receiveHeartbeat(message, now);
    else if (authority.isOwner(now) && message.from !== replicaId) {
      for (const want of message.wants) owner.want(want, message.from);
    }
    onChange();
  };

  const setShare = (next: number): boolean => {
    const hadNone = share === 0;
    if (next !== share) {
      share = next;
      owner.setShare(next);
    }
    return hadNone;
  };

  const handOver = async (why: HandOverReason, leastShape?: number): Promise<void> => {
    const release = leaseKeeper.release();
    if (!release) return;
    handedOverAt = clock.elapsed();
    stopListening();
    const state = owner.handOver();
    setShare(0);
    onEvent({ kind: 'owner-handed-over', account, why });
    await release({ handOver: state, ...(leastShape !== undefined && { leastShape }) });
  };

  return {
    owner,
    mayCall,
    setShare,
    keepLease: (now) => leaseKeeper.keep(now, onChange),
    start: ({ handOver: state, holdUntil }) => {
      if (state) owner.takeOver(state);
      else owner.hold(Math.max(0, holdUntil - clock.elapsed()));
      stopListening();
      subscription = redis.subscribe(keys.owner, {
        onMessage: (text) => guarded(() => receive(text), onBug),
        onSubscribed: () => {
          // The others learn at once that wants are received.
          authority.lease.renewNow();
          onChange();
        },
      });
      listeners.onNewOwner();
      onEvent({ kind: 'owner-taken', account, isHandedOver: state !== undefined });
    },
    lose: () => {
      stopListening();
      onEvent({ kind: 'owner-lost', account });
    },
    handOver: (why) => handOver(why),
    stopListening,
    handOverIfDue: (now) => {
      if (!authority.isOwner(now) || now - handedOverAt < handOverEveryMs) return;
      if (authority.isForOtherCredentials(now)) {
        requests.keep(handOver('wrong-credentials'));
        return;
      }
      const newest = authority.newestShape(now);
      if (newest > shape) requests.keep(handOver('newer-version', newest));
    },
  };
};
