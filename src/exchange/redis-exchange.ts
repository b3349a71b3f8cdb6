import type { Clock } from '../domain/clock.ts';
import type { EmitOfAccount } from '../domain/events.ts';
import type { Quota } from '../domain/provider.ts';
import type { Owner, Publisher } from '../owner/owner.ts';
import { createAnswerStore } from './answer-store.ts';
import type { Exchange, ExchangeListener, Want } from './exchange.ts';
import { createOwnership } from './lease/ownership.ts';
import type { OwnerLinks } from './local-exchange.ts';
import {
  createAccountKeys,
  createMessages,
  shape as currentShape,
  type MessagesOptions,
  type Refusal,
  type Result,
} from './messages.ts';
import { createBatch, RedisDown, type RedisLink } from './redis/connection.ts';
import { createSeal } from './seal.ts';
import { createWants } from './wants.ts';

/** What an account's replicas have in common, and how what Redis holds is checked against it. */
export interface Trust extends Pick<MessagesOptions, 'isContent' | 'redact'> {
  /** Only this program's replicas have them. Two that have one in common read each other's answers. */
  readonly secrets: readonly string[];
  /** All replicas of the account have this one: they agree on its owner, whatever their other secrets are. */
  readonly leaseSecret: string;
}

export interface RedisExchangeOptions {
  readonly redis: RedisLink;
  /** The account's name: letters, digits and hyphens. */
  readonly account: string;
  readonly trust: Trust;
  /** Names the secrets of this process's credentials without telling them. */
  readonly fingerprint: string;
  /** How many processes like this one there are at least. */
  readonly replicas: number;
  readonly quota: Quota;
  readonly createOwner: (links: OwnerLinks) => Owner;
  readonly clock: Clock;
  /** Unique to this process: no two ever have the same, restarts included. No spaces. */
  readonly replicaId: string;
  readonly emit: EmitOfAccount;
  /** The version of what is stored and sent; other than in production only in tests. */
  readonly shape?: number;
}

/** Bounds a message. */
const mostPerMessage = 500;

/**
 * Over Redis: one replica at a time owns the account, and the others talk to it. Here is the way of wants to the owner, and
 * of its results back; who the owner is, and what each may call, is decided in `lease/`.
 */
export const createRedisExchange = (options: RedisExchangeOptions): Exchange => {
  const { redis, account, trust, clock, replicaId, emit, shape = currentShape } = options;
  const keys = createAccountKeys(account, redis.database);
  const seal = createSeal(account, trust.secrets);
  const leaseSeal = createSeal(account, [trust.leaseSecret]);
  const messages = createMessages({ ...trust, replicaId, seal, wantSeal: leaseSeal });
  const store = createAnswerStore({ redis, keys, messages, clock });
  const listeners: ExchangeListener[] = [];
  const onBug = (error: unknown): void => emit({ kind: 'unhandled-error', error });
  let isClosing = false;
  let isClosed = false;

  const underWay = new Set<Promise<void>>();
  const keep = (work: Promise<unknown>): void => {
    const onError = (error: unknown): void => {
      // What is lost with Redis is sent or asked for again.
      if (!(error instanceof RedisDown)) onBug(error);
    };
    const kept: Promise<void> = work.then(() => {}, onError).finally(() => underWay.delete(kept));
    underWay.add(kept);
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      onBug(error);
    }
  };
  const publish = (channel: string, message: string): void => keep(redis.publish(channel, message));

  /** Tells the lookups of this process. */
  const tell = (result: Result): void => {
    if (result.kind === 'refusals') {
      for (const { subject, error } of result.refusals) refuse(subject, error);
      return;
    }
    wants.settle(result.subject);
    for (const listener of listeners) {
      if (result.kind === 'answer') listener.onAnswer(result.subject, result.answer);
      else listener.onFailure(result.subject, result.error, result.restMs);
    }
  };
  const refuse: ExchangeListener['onRefusal'] = (subject, error) => {
    wants.settle(subject);
    for (const listener of listeners) listener.onRefusal(subject, error);
  };

  /** The refusals of one turn, by replica. */
  const refusing = new Map<string, (refusal: Refusal) => void>();
  const openRefusals = (to: string): ((refusal: Refusal) => void) => {
    const batch = createBatch<Refusal>((refusals) => {
      refusing.delete(to);
      publish(keys.replicas, messages.toRefusals(to, refusals));
    }, mostPerMessage);
    refusing.set(to, batch);
    return batch;
  };

  /** The results of the owner in this process go to its own lookups at once, and over Redis to all other replicas. */
  const publisher: Omit<Publisher, 'credentialsRefused'> = {
    answer: (subject, answer) => {
      tell({ kind: 'answer', subject, answer });
      keep(store.write(subject, answer));
    },
    failure: (subject, error, restMs) => {
      const failure = { kind: 'failure', subject, error, restMs } as const;
      tell(failure);
      publish(keys.replicas, messages.toFailure(failure));
    },
    refusal: (to, subject, error) => {
      if (to === replicaId) refuse(subject, error);
      else (refusing.get(to) ?? openRefusals(to))({ subject, error });
    },
  };

  const publishWant = createBatch<Want>(
    (some) => publish(keys.owner, messages.toWants(some)),
    mostPerMessage,
  );

  const wants = createWants({
    clock,
    state: () => ownership.state,
    send: (some) => {
      if (ownership.mayCall()) for (const want of some) ownership.owner.want(want, replicaId);
      else if (ownership.state.kind === 'follower') for (const want of some) publishWant(want);
    },
    refuse,
  });

  const ownership = createOwnership({
    ...options,
    shape,
    keys,
    leaseSeal,
    sealIds: seal.ids,
    keep,
    attempt,
    createOwner: ({ mayCall, credentialsRefused }) =>
      options.createOwner({ mayCall, read: store.read, publisher: { ...publisher, credentialsRefused } }),
    subscribeAsOwner: (onSubscribed) =>
      redis.subscribe(keys.owner, { onMessage: (text) => attempt(() => receiveAsOwner(text)), onSubscribed }),
    onNewOwner: () => {
      for (const listener of listeners) listener.onNewOwner();
    },
    onServed: () => wants.resend(),
    onTick: () => wants.check(),
  });

  const receive = (text: string): void => {
    const now = clock.elapsed();
    const result = messages.readResult(text, now);
    if (!result) {
      ownership.receive(text, now);
      return;
    }
    if (result.kind === 'answer') ownership.owner.settled(result.subject, result.answer);
    else if (result.kind === 'failure') ownership.owner.settled(result.subject);
    tell(result);
  };

  const receiveAsOwner = (text: string): void => {
    const received = ownership.mayCall() ? messages.readWants(text) : undefined;
    if (!received) ownership.receive(text, clock.elapsed());
    else for (const want of received.wants) ownership.owner.want(want, received.from);
  };

  const subscription = redis.subscribe(keys.replicas, {
    onMessage: (text) => {
      if (!isClosed) attempt(() => receive(text));
    },
    onSubscribed: ownership.step,
  });
  ownership.start(() => subscription.isActive);

  return {
    want: (want) => {
      if (!isClosing) wants.add(want);
    },
    read: store.read,
    listen: (listener) => {
      listeners.push(listener);
    },
    get state() {
      return ownership.state;
    },
    get status() {
      return ownership.status;
    },
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      await ownership.close();
      while (underWay.size > 0) await Promise.all(underWay);
      isClosed = true;
      subscription.close();
    },
  };
};
