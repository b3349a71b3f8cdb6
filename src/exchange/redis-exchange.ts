import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { Quota } from '../domain/provider.ts';
import type { Owner } from '../owner/owner.ts';
import { createAlarm } from './alarm.ts';
import { createAnswerStore } from './answer-store.ts';
import { createAttachment } from './attachment.ts';
import { createBatch } from './batch.ts';
import { createDenials } from './denials.ts';
import type { ExchangeEvent, HandOverReason } from './events.ts';
import type { AccountStatus, Exchange, ExchangeListener, ExchangeState, Subject, Want } from './exchange.ts';
import { createAccountKeys } from './keys.ts';
import { createLease, type LeaseAction, renewEveryMs, type Succession } from './lease.ts';
import { type LeaseRecord, type LeaseState, toRecordText } from './lease-record.ts';
import type { OwnerLinks } from './local-exchange.ts';
import { createMembership, presentMs, toAloneCalls } from './membership.ts';
import {
  type News,
  type Refusal,
  readMessageToOwner,
  readNews,
  toAnswerNews,
  toAskNews,
  toFailureNews,
  toHeartbeatText,
  toOwnerKnownNews,
  toRefusalsNews,
  toWantsText,
} from './messages.ts';
import { createPendingWants } from './pending-wants.ts';
import { RedisDown, type RedisLink, type Subscription } from './redis.ts';
import { createRoundTripMeter } from './round-trip-meter.ts';
import { shape as currentShape } from './shape.ts';

export interface RedisExchangeOptions {
  readonly redis: RedisLink;
  /** The account's name: letters, digits and hyphens. */
  readonly account: string;
  /** Names the secrets of this process's credentials without telling them. */
  readonly fingerprint: string;
  /** How many processes like this one there are at least. */
  readonly replicas: number;
  readonly quota: Quota;
  readonly createOwner: (links: OwnerLinks) => Owner;
  readonly clock: Clock;
  /** Unique to this process: no two ever have the same, restarts included. No spaces. */
  readonly replicaId: string;
  readonly onEvent: (event: ExchangeEvent) => void;
  /** The version of what is stored and sent; other than in production only in tests. */
  readonly shape?: number;
}

const recordLifeMs = 7 * 24 * 3_600_000;
const vacantLifeMs = 60_000;
const heartbeatEveryMs = 500;
const pendingEveryMs = 250;
const mostPerMessage = 500;

/** A process that gave the account away leaves it to the others for so long. */
const leaveToOthersMs = 2_000;

/** An owner hands over to a newer version, and to other credentials, at most so often. */
const handOverEveryMs = 5_000;

/** Without news from an owner for so long, wants are not expected to reach one. */
const silentMs = 3_500;

/** Redis is not taken for lost before: a process that starts is busy, and Redis may be far. */
const connectMs = 2_000;

/** A process that has just started has heard a living owner by then: two renewals, should one be late. */
const firstHeardMs = 2 * renewEveryMs;

const idleStatus: AccountStatus = { breaker: 'CLOSED', renewalBacklogMs: 0, backlogMs: 0 };

/** Over Redis: one replica at a time owns the account, and the others talk to it. */
export const createRedisExchange = (options: RedisExchangeOptions): Exchange => {
  const { redis, account, fingerprint, quota, clock, replicaId, onEvent } = options;
  const { shape = currentShape } = options;
  const startedAt = clock.elapsed();
  const keys = createAccountKeys(account, redis.database);
  const listeners: ExchangeListener[] = [];
  const pending = createPendingWants();
  const meter = createRoundTripMeter(clock);
  const store = createAnswerStore({ redis, keys, clock, roundTripMs: () => meter.roundTripMs });
  const denials = createDenials();
  const attachment = createAttachment(replicaId, quota.perMs, options.replicas, startedAt);

  let isClosing = false;
  let isClosed = false;
  let share = 0;
  let aloneSince: number | undefined;
  let wantsSubscription: Subscription | undefined;
  let heartbeatAt = startedAt;
  let pendingAt = startedAt;
  let takenAt = Number.NEGATIVE_INFINITY;
  let handedOverAt = Number.NEGATIVE_INFINITY;
  let handedOverTerm = -1;
  let knownStatus = idleStatus;
  const underWay = new Set<Promise<void>>();

  /** What Redis does not take now is sent or asked for again. */
  const ignore = (error: unknown): void => {
    if (!(error instanceof RedisDown)) onEvent({ kind: 'bug', account, error });
  };

  const keep = (work: Promise<void>): void => {
    underWay.add(work);
    work.finally(() => underWay.delete(work));
  };

  /** Sends what may be lost. */
  const publish = (channel: string, message: string): void => {
    keep(meter.measure(redis.publish(channel, message)).catch(ignore));
  };

  // Results of the owner in this process.

  const tell = (hear: (listener: ExchangeListener) => void, subject: Subject): void => {
    pending.settle(subject);
    for (const listener of listeners) hear(listener);
  };

  const refusals = new Map<string, (refusal: Refusal) => void>();
  const toRefusals = (replica: string): ((refusal: Refusal) => void) => {
    const batch = createBatch<Refusal>((gathered) => {
      refusals.delete(replica);
      publish(keys.news, toRefusalsNews(replica, gathered));
    }, mostPerMessage);
    refusals.set(replica, batch);
    return batch;
  };

  const owner = options.createOwner({
    mayCall: () => mayCall(),
    read: store.read,
    publisher: {
      answer: (subject, answer) => {
        tell((listener) => listener.onAnswer(subject, answer), subject);
        const { text, stored } = store.write(subject, answer);
        keep(stored);
        publish(keys.news, toAnswerNews(replicaId, subject, text));
      },
      failure: (subject, error, restMs) => {
        tell((listener) => listener.onFailure(subject, error, restMs), subject);
        publish(keys.news, toFailureNews(replicaId, subject, error, restMs));
      },
      refusal: (replica, subject, error) => {
        if (replica === replicaId) tell((listener) => listener.onRefusal(subject, error), subject);
        else (refusals.get(replica) ?? toRefusals(replica))({ subject, error });
      },
      credentialsRefused: () => onCredentialsRefused(),
    },
  });

  const announceOwner = (): void => {
    for (const listener of listeners) listener.onNewOwner();
  };

  // Who owns the account.

  const claimableAt = (record: LeaseRecord | undefined, seenAt: number): number => {
    if (isClosing) return Number.POSITIVE_INFINITY;
    if (!record) return Number.NEGATIVE_INFINITY;
    const others = record.state.members.filter(({ id }) => id !== replicaId);
    const isLeftToNewer = record.owner === undefined && (record.state.leastShape ?? 0) > shape;
    const isLeftToOthers = isLeftToNewer || (record.owner === undefined && record.term === handedOverTerm);
    return Math.max(
      denials.claimableAt(
        fingerprint,
        others.map((member) => member.fingerprint),
      ),
      isLeftToOthers ? seenAt + leaveToOthersMs : Number.NEGATIVE_INFINITY,
    );
  };

  const onTaken = (succession: Succession): void => {
    const { handOver, holdUntil } = succession;
    const now = clock.elapsed();
    takenAt = now;
    membership.begin(succession, now);
    if (handOver) owner.takeOver(handOver);
    else owner.hold(Math.max(0, holdUntil - now));
    wantsSubscription?.close();
    wantsSubscription = redis.subscribe(keys.wants, {
      onMessage: hearAsOwner,
      onSubscribed: announce,
    });
    announceOwner();
    onEvent({ kind: 'owner-taken', account, isHandedOver: handOver !== undefined });
  };

  /** Tells the others at once that wants are heard. */
  const announce = (): void => {
    lease.renewNow();
    step();
  };

  const stopListening = (): void => {
    wantsSubscription?.close();
    wantsSubscription = undefined;
  };

  const onLost = (): void => {
    stopListening();
    onEvent({ kind: 'owner-lost', account });
  };

  const lease = createLease({
    replicaId,
    perMs: quota.perMs,
    claimableAt,
    roundTripMs: () => meter.roundTripMs,
    onTaken,
    onLost,
  });
  const membership = createMembership({
    replicaId,
    quota,
    replicas: options.replicas,
    sentAt: lease.sentAt,
  });

  const hasAuthority = (): boolean => !isClosing && clock.elapsed() < lease.authorityUntil;
  const isAlone = (): boolean => !isClosing && !hasAuthority() && attachment.state === 'alone';
  const mayCall = (): boolean => share > 0 && (hasAuthority() || isAlone());

  const toState = (now: number): LeaseState => ({
    shape,
    fingerprint,
    isListening: wantsSubscription?.isActive ?? false,
    replicas: membership.replicas,
    unheard: membership.unheard,
    members: membership.membersAt(now),
    denials: denials.toDenials(now),
    status: owner.status,
  });

  const perform = async (action: LeaseAction): Promise<void> => {
    if (action.kind === 'ask') {
      publish(keys.news, toAskNews(replicaId));
      return;
    }
    if (action.kind === 'look') {
      const [stored] = await meter.measure(redis.read([keys.lease]));
      lease.looked(stored?.text ?? '', clock.elapsed());
      return;
    }
    const { expected, term, counter } = action;
    const next = toRecordText({ owner: replicaId, term, counter, state: toState(clock.elapsed()) });
    const change = { expected, next, keepMs: recordLifeMs, channel: keys.news };
    const current = await meter.measure(redis.compareAndSet(keys.lease, change));
    lease.replied(action, current, clock.elapsed());
  };

  /** Leaves the record vacant for another replica to go on at once. */
  const release = async (why: HandOverReason, leastShape?: number): Promise<void> => {
    const now = clock.elapsed();
    const state = toState(now);
    const change = lease.release();
    if (!change) return;
    handedOverAt = now;
    handedOverTerm = change.term;
    stopListening();
    const stopped = owner.handOver();
    // It has none to come when it had no share; its last call is a span ago at the latest.
    const nextPermitInMs = Number.isFinite(stopped.nextPermitInMs) ? stopped.nextPermitInMs : quota.perMs;
    const handOver = { ...stopped, nextPermitInMs };
    setShare(0);
    onEvent({ kind: 'owner-handed-over', account, why });
    const record = {
      owner: undefined,
      term: change.term,
      counter: change.counter,
      state: { ...state, handOver, isListening: false, ...(leastShape !== undefined && { leastShape }) },
    };
    const next = toRecordText(record);
    await redis
      .compareAndSet(keys.lease, {
        expected: change.expected,
        next,
        keepMs: vacantLifeMs,
        channel: keys.news,
      })
      .catch(ignore);
  };

  const giveToOtherCredentials = (now: number): boolean => {
    const hasOther = membership
      .membersAt(now)
      .some(({ isHeard, fingerprint: other }) => isHeard && !denials.isDenied(other, now));
    if (!hasOther || !lease.isOwner) return false;
    keep(release('wrong-credentials'));
    return true;
  };

  const onCredentialsRefused = (): boolean => {
    const now = clock.elapsed();
    denials.deny(fingerprint, now);
    return giveToOtherCredentials(now);
  };

  /** A replica with others may come only after these have been refused. */
  const giveUpRefusedCredentials = (now: number): void => {
    // A new owner takes the members of the record for present until it could have heard them itself.
    const knowsMembers = now - takenAt >= presentMs;
    if (hasAuthority() && knowsMembers && denials.isDenied(fingerprint, now)) giveToOtherCredentials(now);
  };

  const giveToNewer = (now: number): void => {
    if (!hasAuthority() || now - handedOverAt < handOverEveryMs) return;
    const newest = membership
      .membersAt(now)
      .filter((member) => member.isHeard && !denials.isDenied(member.fingerprint, now))
      .reduce((highest, member) => Math.max(highest, member.shape), shape);
    if (newest > shape) keep(release('newer-version', newest));
  };

  // What is heard.

  const hearAsOwner = (text: string): void => {
    const message = readMessageToOwner(text);
    if (!message || !lease.isOwner) return;
    if (message.kind === 'heartbeat') membership.heard(message, clock.elapsed());
    else if (hasAuthority() && message.from !== replicaId) {
      for (const want of message.wants) owner.want(want, message.from);
    }
    step();
  };

  const hearRecord = (record: LeaseRecord, now: number): void => {
    denials.learn(record.state.denials, now);
    const isNew = lease.record?.term !== record.term;
    const wasListening = stateAt(now).kind === 'follower' && lease.record?.state.isListening && !isNew;
    lease.heard(record, now);
    if (record.owner === replicaId) return;
    knownStatus = record.state.status;
    attachment.heard(record, now);
    if (record.owner === undefined) return;
    if (isNew) announceOwner();
    // It is confirmed at once: the owner counts on this replica from then on.
    heartbeatAt = now;
    if (record.state.isListening && !wasListening) sendWants(pending.takeAll(now));
  };

  const hear = (news: News, now: number): void => {
    switch (news.kind) {
      case 'lease':
        hearRecord(news.record, now);
        break;
      case 'answer':
        owner.settled(news.subject, news.answer);
        tell((listener) => listener.onAnswer(news.subject, news.answer), news.subject);
        return;
      case 'failure':
        owner.settled(news.subject);
        tell((listener) => listener.onFailure(news.subject, news.error, news.restMs), news.subject);
        return;
      case 'refusals':
        for (const { subject, error } of news.refusals) {
          tell((listener) => listener.onRefusal(subject, error), subject);
        }
        return;
      case 'ask': {
        const leftMs = lease.ownerLeftMs(now);
        if (leftMs > 0 && news.from !== replicaId) {
          const replicas = lease.isOwner ? membership.replicas : attachment.replicas;
          publish(keys.news, toOwnerKnownNews(replicaId, leftMs, replicas));
        }
        if (lease.isOwner) lease.renewNow();
        break;
      }
      case 'owner-known':
        if (news.from !== replicaId) lease.heardOfOwner(news.leftMs, news.replicas, now);
        break;
    }
    step();
  };

  // Wants.

  const publishWant = createBatch<Want>(
    (wants) => publish(keys.wants, toWantsText(replicaId, wants)),
    mostPerMessage,
  );

  const sendWants = (wants: readonly Want[]): void => {
    if (mayCall()) for (const want of wants) owner.want(want, replicaId);
    else if (stateAt(clock.elapsed()).kind === 'follower') for (const want of wants) publishWant(want);
  };

  const refuse = ({ typename, id }: Want, error: LookupError): void => {
    const subject = { typename, id };
    tell((listener) => listener.onRefusal(subject, error), subject);
  };

  /** In how many milliseconds somebody may serve wants again. */
  const servedInMs = (now: number): number => {
    const aloneInMs = Math.max(1, attachment.aloneAt - now);
    const isConnecting = now - startedAt < connectMs;
    if (!isConnecting && !(news.isActive && meter.isAnswering)) return aloneInMs;
    // A living owner is heard for the first time at its next renewal.
    const mayHearOwner = lease.record?.owner !== undefined && attachment.heardAt < startedAt;
    if (mayHearOwner && now - startedAt < firstHeardMs) return renewEveryMs;
    return Math.max(1, Math.min(aloneInMs, lease.servedAt(now) - now));
  };

  const stateAt = (now: number): ExchangeState => {
    if (hasAuthority()) return { kind: 'owner' };
    if (isAlone()) return { kind: 'alone' };
    const { record } = lease;
    const isServed = record?.owner !== undefined && record.owner !== replicaId && !lease.isOwner;
    if (isServed && attachment.state !== 'detaching' && now - attachment.heardAt < silentMs) {
      return { kind: 'follower' };
    }
    return { kind: 'partitioned', retryAfterMs: Math.ceil(servedInMs(now)) };
  };

  const carePending = (now: number): void => {
    const state = stateAt(now);
    if (state.kind === 'partitioned') {
      const { retryAfterMs } = state;
      for (const want of pending.takeHopeless(now + retryAfterMs))
        refuse(want, toPartitionedError(retryAfterMs));
      return;
    }
    for (const want of pending.takeHopeless(now))
      refuse(want, new LookupError('TIMEOUT', 'No answer came in time.'));
    if (state.kind === 'follower') sendWants(pending.takeDue(now));
  };

  // The course of time.

  const setShare = (next: number): void => {
    if (next === share) return;
    const hadNone = share === 0;
    share = next;
    owner.setShare(next);
    if (hadNone && next > 0) sendWants(pending.takeAll(clock.elapsed()));
  };

  const adjustShare = (now: number): void => {
    if (hasAuthority()) setShare(membership.shareAt(now));
    else if (isAlone()) setShare(toAloneCalls(quota.calls, attachment.replicas) / quota.calls);
    else setShare(0);
    if (isAlone() === (aloneSince !== undefined)) return;
    if (aloneSince === undefined) {
      aloneSince = now;
      onEvent({ kind: 'alone', account, share });
    } else {
      onEvent({ kind: 'rejoined', account, afterMs: now - aloneSince });
      aloneSince = undefined;
    }
  };

  const beat = (isLeaving = false): void => {
    const { confirmed, replicas, state } = attachment;
    const mayBeAlone = state === 'detaching' || state === 'alone';
    publish(
      keys.wants,
      toHeartbeatText({
        from: replicaId,
        shape,
        fingerprint,
        isAlone: mayBeAlone && !isLeaving,
        isLeaving,
        confirmed,
        replicas,
      }),
    );
  };

  const step = (): void => {
    if (isClosing) return;
    const now = clock.elapsed();
    if (hasAuthority()) attachment.owned(lease.renewedAt, membership.replicas);
    attachment.pass(now);
    adjustShare(now);
    const action = news.isActive ? lease.next(now) : undefined;
    if (action) perform(action).then(step).catch(ignore);
    giveToNewer(now);
    giveUpRefusedCredentials(now);
    if (now >= heartbeatAt) {
      heartbeatAt = now + heartbeatEveryMs;
      if (!hasAuthority()) beat();
    }
    if (now >= pendingAt) {
      pendingAt = now + pendingEveryMs;
      carePending(now);
    }
    adjustShare(now);
    const leaseAt = news.isActive ? lease.nextAt : Number.POSITIVE_INFINITY;
    alarm.set(Math.max(now + 1, Math.min(leaseAt, heartbeatAt, pendingAt)));
  };

  const alarm = createAlarm(clock, () => step());
  const news = redis.subscribe(keys.news, {
    onMessage: (text) => {
      if (isClosed) return;
      const now = clock.elapsed();
      const heard = readNews(text, replicaId, now);
      if (heard) hear(heard, now);
    },
    onSubscribed: () => step(),
  });
  step();

  return {
    want: (want) => {
      if (isClosing) return;
      const now = clock.elapsed();
      const state = stateAt(now);
      if (state.kind === 'partitioned' && want.patienceMs > 0 && want.patienceMs <= state.retryAfterMs) {
        refuse(want, toPartitionedError(state.retryAfterMs));
        return;
      }
      pending.add(want, now);
      if (state.kind !== 'partitioned') sendWants([want]);
    },
    read: store.read,
    listen: (listener) => {
      listeners.push(listener);
    },
    get state() {
      return stateAt(clock.elapsed());
    },
    get status() {
      return hasAuthority() || isAlone() ? owner.status : knownStatus;
    },
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      await release('shutdown');
      alarm.stop();
      setShare(0);
      await owner.drain();
      beat(true);
      await Promise.all(underWay);
      isClosed = true;
      news.close();
      stopListening();
    },
  };
};

const toPartitionedError = (retryAfterMs: number): LookupError =>
  new LookupError('RATE_LIMITED', "This replica cannot reach the owner of the vendor's account.", {
    retryAfterMs,
    reason: { kind: 'partitioned' },
  });
