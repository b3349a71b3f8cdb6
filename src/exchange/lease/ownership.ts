import type { Clock } from '../../domain/clock.ts';
import type { AccountEvent, EmitOfAccount } from '../../domain/events.ts';
import type { Quota } from '../../domain/provider.ts';
import type { Owner, OwnerOptions, Publisher } from '../../owner/owner.ts';
import type { AccountStatus, ExchangeState } from '../exchange.ts';
import type { AccountKeys } from '../messages.ts';
import { RedisDown, type RedisLink, type Subscription } from '../redis/connection.ts';
import type { Seal } from '../seal.ts';
import { createAuthority } from './authority.ts';
import type { LeaseAction, Succession } from './contention.ts';
import { type LeaseState, readLeaseMessage, readRecord, toLeaseMessageText, toRecordText } from './record.ts';

export interface OwnershipOptions {
  readonly redis: RedisLink;
  readonly keys: AccountKeys;
  /** Seals who owns the account. Replicas of one account can open it, whatever secrets they have. */
  readonly leaseSeal: Seal;
  /** The secrets that this process seals answers with. */
  readonly sealIds: readonly string[];
  /** Names the secrets of this process's credentials without telling them. */
  readonly fingerprint: string;
  readonly shape: number;
  /** How many processes like this one there are at least. */
  readonly replicas: number;
  readonly quota: Quota;
  readonly clock: Clock;
  readonly replicaId: string;
  readonly createOwner: (
    links: Pick<OwnerOptions, 'mayCall'> & Pick<Publisher, 'credentialsRefused'>,
  ) => Owner;
  /** Notes work that the shutdown has to wait for. That it fails because Redis is down is ignored. */
  readonly keep: (work: Promise<unknown>) => void;
  readonly emit: EmitOfAccount;
  /** Does the work. A bug in it costs this moment, and neither the next ones nor the process. */
  readonly attempt: (work: () => void) => void;
  /** Receives what is sent to the owner of the account, from now on. @param onSubscribed called when messages come */
  readonly subscribeAsOwner: (onSubscribed: () => void) => Subscription;
  /** Another process, or this one, has begun to make the calls. */
  readonly onNewOwner: () => void;
  /** Wants that were kept, or may be lost, can be served now. */
  readonly onServed: () => void;
  /** Called four times a second. */
  readonly onTick: () => void;
}

/** The owner in this process, and who makes the account's calls: this process, another one, or each by itself. */
export interface Ownership {
  readonly owner: Owner;
  /** Whether the owner in this process may call the vendor at this moment. */
  mayCall(): boolean;
  readonly state: ExchangeState;
  readonly status: AccountStatus;
  /** A message to all replicas, or to the owner; those that are not about the lease are ignored. */
  receive(text: string, now: number): void;
  /** Begins, and goes on by itself. @param isListening whether messages to all replicas are received */
  start(isListening: () => boolean): void;
  /** Does whatever is due. */
  step(): void;
  /** Hands the account over, resolves when the owner's calls have ended, and says goodbye. */
  close(): Promise<void>;
}

type HandOverReason = Extract<AccountEvent, { kind: 'lease-handed-over' }>['why'];

const heartbeatEveryMs = 500;
const tickEveryMs = 250;

/** An owner hands over to a newer version, and to other credentials, at most so often. */
const handOverEveryMs = 5_000;

/** How long records live that nobody renews: they only must not stay in Redis for ever. */
const recordLifeMs = 7 * 24 * 3_600_000;
const vacantLifeMs = 60_000;

const idleStatus: AccountStatus = { breaker: 'CLOSED', renewalBacklogMs: 0, backlogMs: 0 };

export const createOwnership = (options: OwnershipOptions): Ownership => {
  const { redis, keys, leaseSeal, shape, clock, replicaId, keep, attempt, emit } = options;
  const startedAt = clock.elapsed();
  let isListening = (): boolean => false;
  let isClosing = false;
  let share = 0;
  /** Open while this process owns the account. */
  let subscription: Subscription | undefined;
  let handedOverAt = Number.NEGATIVE_INFINITY;
  let aloneSince: number | undefined;
  let heartbeatAt = startedAt;
  let tickAt = startedAt;

  const stopListening = (): void => {
    subscription?.close();
    subscription = undefined;
  };

  const onTaken = ({ handOver: state, holdUntil }: Succession): void => {
    // A claim that was under way when the shutdown began.
    if (isClosing) return;
    if (state) owner.takeOver(state);
    else owner.hold(Math.max(0, holdUntil - clock.elapsed()));
    stopListening();
    subscription = options.subscribeAsOwner(() => {
      // The others learn at once that wants are received.
      lease.renewNow();
      step();
    });
    options.onNewOwner();
    emit({ kind: 'lease-taken', isHandedOver: state !== undefined });
  };

  const authority = createAuthority({
    ...options,
    startedAt,
    readRecord: (text) => readRecord(text, leaseSeal),
    roundTripMs: () => redis.roundTripMs,
    isConnected: () => isListening() && redis.isAnswering,
    onTaken,
    onLost: () => {
      stopListening();
      emit({ kind: 'lease-lost' });
    },
  });
  const { lease } = authority;

  const mayCall = (): boolean => {
    const now = clock.elapsed();
    return share > 0 && (authority.isOwner(now) || authority.isAlone(now));
  };

  const owner = options.createOwner({
    mayCall,
    credentialsRefused: () => {
      const hasOther = authority.denyCredentials(clock.elapsed());
      if (!hasOther || !lease.isOwner) return false;
      keep(handOver('wrong-credentials'));
      return true;
    },
  });

  const setShare = (next: number): void => {
    if (next === share) return;
    const hadNone = share === 0;
    share = next;
    owner.setShare(next);
    if (hadNone) options.onServed();
  };

  const toState = (now: number): LeaseState => ({
    ...authority.toLeaseState(now),
    isListening: subscription?.isActive ?? false,
    status: owner.status,
  });

  /** Leaves the account vacant for another replica to go on at once. Nothing happens unless this process is the owner. */
  const handOver = async (why: HandOverReason, leastShape?: number): Promise<void> => {
    // With the members and the state of the moment at which it still was the owner.
    const state = toState(clock.elapsed());
    const change = authority.release();
    if (!change) return;
    handedOverAt = clock.elapsed();
    stopListening();
    const vacancy = { handOver: owner.handOver(), ...(leastShape !== undefined && { leastShape }) };
    setShare(0);
    emit({ kind: 'lease-handed-over', why });
    const { expected, ...record } = change;
    const vacant = { ...record, owner: undefined, state: { ...state, ...vacancy, isListening: false } };
    const next = toRecordText(vacant, leaseSeal);
    await redis
      .compareAndSet(keys.lease, { expected, next, keepMs: vacantLifeMs, channel: keys.replicas })
      .catch((error: unknown) => {
        if (!(error instanceof RedisDown)) throw error;
      });
  };

  /** Hands over if another replica has a newer version, or credentials that are not refused as these are. */
  const handOverIfDue = (now: number): void => {
    if (!authority.isOwner(now) || now - handedOverAt < handOverEveryMs) return;
    const newest = authority.newestShape(now);
    if (authority.isForOtherCredentials(now)) keep(handOver('wrong-credentials'));
    else if (newest > shape) keep(handOver('newer-version', newest));
  };

  const perform = async (action: LeaseAction): Promise<void> => {
    if (action.kind === 'ask') {
      await redis.publish(keys.replicas, toLeaseMessageText({ kind: 'ask', from: replicaId }, leaseSeal));
    } else if (action.kind === 'read') {
      const [stored] = await redis.read([keys.lease]);
      lease.wasRead(stored?.text ?? '', clock.elapsed());
    } else {
      const { expected, term, counter } = action;
      const record = { owner: replicaId, term, counter, state: toState(clock.elapsed()) };
      const next = toRecordText(record, leaseSeal);
      const change = { expected, next, keepMs: recordLifeMs, channel: keys.replicas };
      lease.replied(action, await redis.compareAndSet(keys.lease, change), clock.elapsed());
    }
    step();
  };

  const adjustShare = (now: number): void => {
    setShare(authority.shareAt(now));
    if (authority.isAlone(now) === (aloneSince !== undefined)) return;
    if (aloneSince === undefined) emit({ kind: 'alone', share });
    else emit({ kind: 'rejoined', afterMs: now - aloneSince });
    aloneSince = aloneSince === undefined ? now : undefined;
  };

  const sendHeartbeat = (isLeaving = false): void =>
    keep(redis.publish(keys.owner, toLeaseMessageText(authority.toHeartbeat(isLeaving), leaseSeal)));

  const proceed = (): void => {
    const now = clock.elapsed();
    authority.update(now);
    adjustShare(now);
    const action = isListening() ? lease.next(now) : undefined;
    if (action) keep(perform(action));
    handOverIfDue(now);
    if (now >= heartbeatAt) {
      heartbeatAt = now + heartbeatEveryMs;
      if (!authority.isOwner(now)) sendHeartbeat();
    }
    if (now >= tickAt) {
      tickAt = now + tickEveryMs;
      options.onTick();
    }
    adjustShare(now);
  };

  let wakeAt = Number.POSITIVE_INFINITY;
  const wake = (at: number): void => {
    if (at >= wakeAt) return;
    wakeAt = at;
    clock.sleep(Math.max(0, at - clock.elapsed())).then(() => {
      // Set for an earlier moment since, or due then.
      if (wakeAt !== at) return;
      wakeAt = Number.POSITIVE_INFINITY;
      step();
    });
  };

  const step = (): void => {
    if (isClosing) return;
    attempt(proceed);
    const leaseAt = isListening() ? lease.nextAt : Number.POSITIVE_INFINITY;
    wake(Math.max(clock.elapsed() + 1, Math.min(leaseAt, heartbeatAt, tickAt)));
  };

  return {
    owner,
    mayCall,
    step,
    get state() {
      return authority.stateAt(clock.elapsed());
    },
    get status() {
      const now = clock.elapsed();
      if (authority.isOwner(now) || authority.isAlone(now)) return owner.status;
      return lease.record?.state.status ?? idleStatus;
    },
    receive: (text, now) => {
      const record = readRecord(text, leaseSeal);
      const message = record ? undefined : readLeaseMessage(text, replicaId, leaseSeal);
      if (record) {
        const seen = authority.receiveRecord(record, now);
        if (seen?.isNew) options.onNewOwner();
        // It is confirmed at once: the owner counts on this replica from then on.
        if (seen) heartbeatAt = now;
        if (seen?.hasBegunListening) options.onServed();
      } else if (message?.kind === 'ask') {
        const leftMs = lease.ownerLeftMs(now);
        const reply = { kind: 'owner-known', from: replicaId, leftMs, replicas: authority.replicas } as const;
        if (leftMs > 0) keep(redis.publish(keys.replicas, toLeaseMessageText(reply, leaseSeal)));
        if (lease.isOwner) lease.renewNow();
      } else if (message?.kind === 'owner-known') {
        lease.ownerIsKnown(message.leftMs, message.replicas, now);
      } else if (message && lease.isOwner) authority.receiveHeartbeat(message, now);
      if (record || message) step();
    },
    start: (listening) => {
      isListening = listening;
      step();
    },
    close: async () => {
      isClosing = true;
      authority.close();
      await handOver('shutdown');
      setShare(0);
      await owner.drain();
      sendHeartbeat(true);
    },
  };
};
