import { expect, test } from '@jest/globals';
import { buildSchema, type GraphQLSchema, subscribe } from 'graphql';
import { type Context, createContext } from '../../src/graphql/context.ts';
import { createLimits } from '../../src/graphql/limits.ts';
import { createSubscriptionOperations } from '../../src/graphql/subscription-operations.ts';
import type { TimeSlices } from '../../src/graphql/time-slices.ts';
import { createFollowers } from '../../src/subscriptions/followers.ts';
import { refOf } from '../lookup/builders.ts';
import { deadlineMs, openAccount } from '../lookup/open-account.ts';

/** Time slices in which it is nobody's turn until the test says so. */
const createTurns = () => {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    slices: {
      run: (_: unknown, work: () => void) => void waiting.push(work),
      next: () => new Promise<void>((resolve) => waiting.push(resolve)),
      pause: () => undefined,
    },
  };
};

const openContext = () => {
  const turns = createTurns();
  const { lookup, clock } = openAccount();
  const followers = createFollowers(lookup, clock);
  const { slices } = turns;
  const context = createContext({ lookup, jobs: new Map(), followers, clock, deadlineMs, slices });
  return { ...turns, clock, context };
};

test('of the known items of an answer, 100 are completed in each turn', () => {
  const { waiting, context } = openContext();
  const turns = Array.from({ length: 201 }, () => context.turn());
  expect(turns.filter((turn) => turn === undefined)).toHaveLength(100);
  expect(waiting).toHaveLength(2);
});

test('an answer that was waited for is completed when it is the turn of its caller', async () => {
  const { waiting, clock, context } = openContext();
  let isLoaded = false;
  const loaded = Promise.resolve(context.load(refOf())).then(() => {
    isLoaded = true;
  });
  await clock.advance(1_000);
  expect([waiting.length, isLoaded]).toEqual([1, false]);
  waiting[0]?.();
  await loaded;
});

/** A subscription that was admitted, of a connection that follows some ids already. */
const prepareSubscription = (
  schema: GraphQLSchema,
  follow: Context['follow'],
  slices: TimeSlices,
  followedIds = 0,
) => {
  const operations = createSubscriptionOperations({
    schema,
    createContext: () => ({ follow }) as Context,
    toPublicError: (formatted) => formatted,
    limits: createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 }),
    slices,
  });
  const connection = { followedIds };
  const subscriber = { client: { transport: 'websocket' }, identity: '', connection } as const;
  const prepared = operations.prepare({ query: 'subscription { a }' }, subscriber);
  if (!('document' in prepared)) throw new Error('It was refused.');
  return { prepared, connection };
};

test('a result of a subscription is sent when it is the turn of its caller', async () => {
  const schema = buildSchema('type Query { a: Int } type Subscription { a: Int }');
  const field = schema.getSubscriptionType()?.getFields().a;
  if (!field) throw new Error('The schema has no subscription.');
  field.subscribe = (_source, _arguments, { follow }: Context) => follow(0, () => []);
  const { waiting, slices } = createTurns();
  const items = (async function* () {
    yield { a: 1 };
  })();
  const { prepared } = prepareSubscription(schema, () => items as ReturnType<Context['follow']>, slices);
  const results = (await subscribe(prepared)) as AsyncGenerator;
  let isSent = false;
  const sent = results.next().then(() => {
    isSent = true;
  });
  await new Promise(setImmediate);
  expect([waiting.length, isSent]).toEqual([1, false]);
  waiting[0]?.();
  await sent;
});

test('the tasks of a subscription are not read when its connection may not follow so many more', () => {
  const { slices } = createTurns();
  const reads: number[] = [];
  const follow: Context['follow'] = (tasks, read) => {
    reads.push(tasks);
    read();
    throw new Error('There is no room.');
  };
  const schema = buildSchema('type Query { a: Int } type Subscription { a: Int }');
  const { prepared, connection } = prepareSubscription(schema, follow, slices, 1_900);
  const context = prepared.contextValue as Context;
  expect(() => context.follow(101, () => [])).toThrow('"followedIds", which is 2000');
  expect(() => context.follow(100, () => [])).toThrow('There is no room.');
  // What was refused is not counted.
  expect([reads, connection.followedIds]).toEqual([[100], 1_900]);
});
