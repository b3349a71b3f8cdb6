import type { Clock } from '../domain/clock.ts';
import type { Quota } from '../domain/provider.ts';
import type { Owner } from '../owner/owner.ts';
import { createAnswerStore } from './answer-store.ts';
import type { ExchangeEvent } from './events.ts';
import type { AccountStatus, Exchange } from './exchange.ts';
import { guarded } from './guarded.ts';
import { createAccountKeys } from './keys.ts';
import { createAuthority } from './lease/authority.ts';
import { createListeners } from './listeners.ts';
import type { OwnerLinks } from './local-exchange.ts';
import { toHeartbeatMessage, toWantsMessage } from './messages-to-owner.ts';
import {
  type MessageToReplicas,
  readMessageToReplicas,
  toOwnerKnownMessage,
} from './messages-to-replicas.ts';
import { createOwnership } from './ownership.ts';
import type { RedisLink } from './redis/link.ts';
import { createRequests } from './requests.ts';
import { shape as currentShape } from './shape.ts';
import { createTimer } from './timer.ts';
import { createWants } from './wants.ts';

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

const heartbeatEveryMs = 500;
const checkWantsEveryMs = 250;

const idleStatus: AccountStatus = { breaker: 'CLOSED', renewalBacklogMs: 0, backlogMs: 0 };

/** Over Redis: one replica at a time owns the account, and the others talk to it. */
export const createRedisExchange = (options: RedisExchangeOptions): Exchange => {
  const { redis, account, clock, replicaId, onEvent, shape = currentShape } = options;
  const startedAt = clock.elapsed();
  const keys = createAccountKeys(account, redis.database);
  const onBug = (error: unknown): void => onEvent({ kind: 'bug', account, error });
  const requests = createRequests(redis, clock, onBug);
  const store = createAnswerStore({ redis, keys, clock, roundTripMs: () => requests.roundTripMs });
  const listeners = createListeners();

  let isClosing = false;
  let isClosed = false;
  let aloneSince: number | undefined;
  let heartbeatAt = startedAt;
  let checkWantsAt = startedAt;

  const authority = createAuthority({
    ...options,
    shape,
    startedAt,
    roundTripMs: () => requests.roundTripMs,
    isConnected: () => subscription.isActive && requests.isAnswering,
    onTaken: (succession) => ownership.start(succession),
    onLost: () => ownership.lose(),
  });

  const ownership = createOwnership({
    ...options,
    keys,
    requests,
    store,
    listeners,
    authority,
    shape,
    onChange: () => step(),
    onBug,
  });
  const { owner } = ownership;

  const wants = createWants({
    clock,
    state: () => authority.stateAt(clock.elapsed()),
    mayCall: ownership.mayCall,
    wantHere: (want) => owner.want(want, replicaId),
    publish: (some) => requests.publish(keys.owner, toWantsMessage(replicaId, some)),
    refuse: listeners.onRefusal,
  });
  listeners.add({
    onAnswer: wants.settle,
    onFailure: wants.settle,
    onRefusal: wants.settle,
    onNewOwner: () => {},
  });

  const receive = (message: MessageToReplicas, now: number): void => {
    const { lease } = authority;
    switch (message.kind) {
      case 'answer':
        owner.settled(message.subject, message.answer);
        listeners.onAnswer(message.subject, message.answer);
        return;
      case 'failure':
        owner.settled(message.subject);
        listeners.onFailure(message.subject, message.error, message.restMs);
        return;
      case 'refusals':
        for (const { subject, error } of message.refusals) listeners.onRefusal(subject, error);
        return;
      case 'lease': {
        const seen = authority.receiveRecord(message.record, now);
        if (!seen) break;
        if (seen.isNew) listeners.onNewOwner();
        // It is confirmed at once: the owner counts on this replica from then on.
        heartbeatAt = now;
        if (seen.hasBegunListening) wants.resend();
        break;
      }
      case 'ask': {
        const leftMs = lease.ownerLeftMs(now);
        if (leftMs > 0 && message.from !== replicaId) {
          requests.publish(keys.replicas, toOwnerKnownMessage(replicaId, leftMs, authority.replicas));
        }
        if (lease.isOwner) lease.renewNow();
        break;
      }
      case 'owner-known':
        if (message.from !== replicaId) lease.ownerIsKnown(message.leftMs, message.replicas, now);
    }
    step();
  };

  const adjustShare = (now: number): void => {
    const share = authority.shareAt(now);
    const hadNone = ownership.setShare(share);
    if (hadNone && share > 0) wants.resend();
    if (authority.isAlone(now) === (aloneSince !== undefined)) return;
    if (aloneSince === undefined) onEvent({ kind: 'alone', account, share });
    else onEvent({ kind: 'rejoined', account, afterMs: now - aloneSince });
    aloneSince = aloneSince === undefined ? now : undefined;
  };

  const sendHeartbeat = (isLeaving = false): void =>
    requests.publish(keys.owner, toHeartbeatMessage(authority.toHeartbeat(isLeaving)));

  /** Does whatever is due. */
  const proceed = (): void => {
    const now = clock.elapsed();
    authority.update(now);
    adjustShare(now);
    if (subscription.isActive) ownership.keepLease(now);
    ownership.handOverIfDue(now);
    if (now >= heartbeatAt) {
      heartbeatAt = now + heartbeatEveryMs;
      if (!authority.isOwner(now)) sendHeartbeat();
    }
    if (now >= checkWantsAt) {
      checkWantsAt = now + checkWantsEveryMs;
      wants.check();
    }
    adjustShare(now);
  };

  const step = (): void => {
    if (isClosing) return;
    guarded(proceed, onBug);
    const now = clock.elapsed();
    const leaseAt = subscription.isActive ? authority.lease.nextAt : Number.POSITIVE_INFINITY;
    timer.set(Math.max(now + 1, Math.min(leaseAt, heartbeatAt, checkWantsAt)));
  };

  const timer = createTimer(clock, step);
  const subscription = redis.subscribe(keys.replicas, {
    onMessage: (text) => {
      if (isClosed) return;
      const now = clock.elapsed();
      const message = readMessageToReplicas(text, replicaId, now);
      if (message) guarded(() => receive(message, now), onBug);
    },
    onSubscribed: step,
  });
  step();

  return {
    want: (want) => {
      if (!isClosing) wants.add(want);
    },
    read: store.read,
    listen: listeners.add,
    get state() {
      return authority.stateAt(clock.elapsed());
    },
    get status() {
      const now = clock.elapsed();
      if (authority.isOwner(now) || authority.isAlone(now)) return owner.status;
      return authority.lease.record?.state.status ?? idleStatus;
    },
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      authority.close();
      await ownership.handOver('shutdown');
      timer.stop();
      ownership.setShare(0);
      await owner.drain();
      sendHeartbeat(true);
      await requests.drain();
      isClosed = true;
      subscription.close();
      // A claim that was under way may have been granted meanwhile.
      ownership.stopListening();
    },
  };
};
