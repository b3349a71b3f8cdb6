import type { Answer, Content } from '../../src/domain/answer.ts';
import type { LookupError } from '../../src/domain/errors.ts';
import type { Exchange, ExchangeListener, Subject, Want } from '../../src/exchange/exchange.ts';
import { createLookup } from '../../src/lookup/create-lookup.ts';
import { createTaskView } from '../../src/lookup/view.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { callerOf, refOf, snapshotOf } from './builders.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** An exchange that records wants, and sends the answers that the test sets. */
export interface FakeExchange extends Exchange {
  readonly wants: Want[];
  readonly stored: Map<string, Answer>;
  readonly status: Mutable<Exchange['status']>;
  state: Exchange['state'];
  answer(subject: Subject, answer: Answer): void;
  fail(subject: Subject, error: LookupError, restMs: number): void;
  refuse(subject: Subject, error: LookupError): void;
  announceOwner(): void;
}

export const createFakeExchange = (): FakeExchange => {
  const listeners: ExchangeListener[] = [];
  const exchange: FakeExchange = {
    wants: [],
    stored: new Map(),
    state: { kind: 'owner' },
    status: { breaker: 'CLOSED', backlogMs: 0, renewalBacklogMs: 0 },
    want: (want) => exchange.wants.push(want),
    read: async ({ id }) => exchange.stored.get(id),
    listen: (listener) => listeners.push(listener),
    close: async () => {},
    answer: (...news) => {
      for (const listener of listeners) listener.onAnswer(...news);
    },
    fail: (...news) => {
      for (const listener of listeners) listener.onFailure(...news);
    },
    refuse: (...news) => {
      for (const listener of listeners) listener.onRefusal(...news);
    },
    announceOwner: () => {
      for (const listener of listeners) listener.onNewOwner();
    },
  };
  return exchange;
};

export const deadlineMs = 5_000;

/** A lookup of ZEGO tasks with a fake exchange, and functions that send answers by task id. */
export const openLookup = () => {
  const clock = createFakeClock();
  const exchange = createFakeExchange();
  const lookup = createLookup({
    view: createTaskView('ZegoMediaTask'),
    exchange,
    clock,
    deadlineMs,
  });
  const ref = refOf();
  const subjectOf = (id = ref.id) => ({ typename: 'ZegoMediaTask', id });
  return {
    clock,
    exchange,
    lookup,
    ref,
    find: (of = ref) => lookup.find(of, callerOf('caller')),
    /** Sends an answer that the vendor gives at this moment. */
    answer: (content: Content | null, id?: string) => {
      const now = clock.elapsed();
      exchange.answer(subjectOf(id), { content, fetchedAt: now, checkedAt: now });
    },
    fail: (error: LookupError, restMs: number) => exchange.fail(subjectOf(), error, restMs),
    refuse: (error: LookupError, id?: string) => exchange.refuse(subjectOf(id), error),
  };
};

/** A lookup that has just got the first answer for its task, without recorded wants. */
export const openWarmLookup = async (content: Content | null = snapshotOf('RUNNING')) => {
  const opened = openLookup();
  const first = opened.find();
  await opened.clock.settle();
  opened.answer(content);
  await first;
  opened.exchange.wants.length = 0;
  return opened;
};
