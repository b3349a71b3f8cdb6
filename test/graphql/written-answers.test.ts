import { describe, expect, it } from '@jest/globals';
import fc, { type GeneratorValue } from 'fast-check';
import {
  type ExecutionResult,
  execute,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { Snapshot } from '../../src/domain/task.ts';
import { Json, stringifyAnswer } from '../../src/graphql/answer-size.ts';
import { createExecutor, type Executor } from '../../src/graphql/apollo.ts';
import { type Context, createContext } from '../../src/graphql/context.ts';
import { createRecord } from '../../src/graphql/request-record.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';
import { generateOperation, generateVariable, taskIds } from '../fast-lane/operations.ts';
import { below, generateJob, generateSnapshot } from '../fast-lane/snapshots.ts';
import { createWorld, unconfigured, type World } from '../fast-lane/world.ts';
import { snapshotOf } from '../lookup/builders.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** Executions in all, half of `DIFFERENTIAL_CASES`: `npm run test:differential` makes 5,000. */
const cases = Number(process.env.DIFFERENTIAL_CASES ?? 600) / 2;
const executionsPerSession = 10;

const limits = { maxIdsPerQuery: 12, maxRepresentations: 8 };
const schema = createSchema({ ...limits, providers, describeProviders: () => [] });

const ownExecutor = createExecutor(schema);

interface Operation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

type Execute = (operation: Operation, contextValue: Context) => Promise<ExecutionResult>;

const byGraphqlJs: Execute = async ({ query, operationName, variables }, contextValue) =>
  execute({
    schema,
    document: parse(query),
    contextValue,
    variableValues: variables,
    operationName,
  });

const byExecutor =
  (metrics: object = {}, executor = ownExecutor): Execute =>
  async ({ query, operationName, variables }, context) => {
    const document = parse(query);
    return executor({
      document,
      operation: getOperationAST(document, operationName),
      queryHash: query,
      source: query,
      context,
      metrics,
      request: { query, operationName, variables },
    } as unknown as Parameters<Executor>[0]);
  };

const isWritten = ({ data }: ExecutionResult): boolean =>
  Object.values(data ?? {})
    .flat()
    .some((value) => value instanceof Json);

/** All that clients, gateways, operators and vendors see of an execution. */
const observe = async (world: World, operation: Operation, run: Execute) => {
  const record = createRecord({ transport: 'http' });
  const context = createContext(world.sources, record);
  const result = await run(operation, context);
  const { data, errors } = result;
  const shown = errors?.map((error) => error.toJSON());
  const { entityIds, taskIds: ids, maxAgeMs } = context.cachePolicy;
  return {
    isWritten: isWritten(result),
    text: stringifyAnswer({ errors: shown, data }),
    seen: {
      data: stringifyAnswer({ data }),
      errors: shown?.map((error) => JSON.stringify(error)).sort(),
      tasks: record.tasks,
      policy: { entityIds, ids, maxAgeMs },
      wants: world
        .takeWants()
        .map((want) => JSON.stringify(want))
        .sort(),
    },
  };
};

type Observed = Awaited<ReturnType<typeof observe>>;

const nothing = stringifyAnswer({ data: null });

/** When graphql-js completes afterwards what has been found, errors of finding come before those of completing. */
const expectSame = (operation: Operation, actual: Observed, expected: Observed): void => {
  const { errors = [] } = actual.seen;
  // When one field nulls all data, GraphQL leaves open which errors of other fields are reported.
  const isNothing = actual.seen.data === nothing && errors.length > 0;
  const wanted = isNothing
    ? expected.seen.errors?.filter((error) => errors.includes(error))
    : expected.seen.errors;
  expect({ operation, ...actual.seen }).toEqual({ operation, ...expected.seen, errors: wanted });
  if (actual.isWritten) expect({ operation, text: actual.text }).toEqual({ operation, text: expected.text });
};

const fill = (g: GeneratorValue, worlds: readonly World[]): void => {
  for (const id of taskIds) {
    const typename = providers.find(({ name }) => id.startsWith(`${name}:`))?.typename ?? '';
    if (below(g, 10) === 0) continue;
    const content = generateSnapshot(g, schema, typename);
    const isKnown = below(g, 3) > 0;
    for (const world of worlds) {
      world.set({ typename, id }, content);
      if (isKnown) world.push({ typename, id });
    }
  }
  const { jobKind } = providers.find((provider) => provider.jobKind) ?? {};
  if (!jobKind) return;
  const { typename, keyField } = jobKind;
  for (const id of ['j1', 'j2']) {
    const job = generateJob(g, schema, typename, { [keyField]: id });
    for (const world of worlds) world.set({ typename, id }, job);
  }
};

describe('the executor', () => {
  it('answers what graphql-js would, character by character, and asks for the same', async () => {
    const count = { all: 0, written: 0, errors: 0 };
    const session = async (g: GeneratorValue): Promise<void> => {
      const clock = createFakeClock();
      const worlds = [createWorld(clock), createWorld(clock)] as const;
      fill(g, worlds);
      const { query, operationName, variables } = generateOperation(g, schema);
      if (validate(schema, parse(query)).length > 0) return;
      for (let n = 0; n < executionsPerSession; n += 1) {
        const values = Object.entries(variables).map(([name, kind]) => [name, generateVariable(g, kind)]);
        const operation = {
          query,
          ...(operationName === undefined ? {} : { operationName }),
          variables: Object.fromEntries(values.filter(([, value]) => value !== undefined)),
        };
        if (below(g, 5) === 0) {
          const { name } = g(() => fc.constantFrom(...providers.filter((p) => p.name !== unconfigured)));
          const isDown = g(fc.boolean);
          for (const world of worlds) world.setDown(name, isDown);
        }
        const [expected, actual] = await Promise.all([
          observe(worlds[0], operation, byGraphqlJs),
          observe(worlds[1], operation, byExecutor()),
        ]);
        expectSame(operation, actual, expected);
        count.all += 1;
        if (actual.isWritten) count.written += 1;
        if (actual.text.includes('"errors"')) count.errors += 1;
        await clock.advance(below(g, 3_000));
      }
    };
    const { failed, seed, errorInstance } = await fc.check(fc.asyncProperty(fc.gen(), session), {
      numRuns: Math.ceil(cases / executionsPerSession),
      endOnFailure: true,
      ...(process.env.DIFFERENTIAL_SEED ? { seed: Number(process.env.DIFFERENTIAL_SEED) } : {}),
    });
    if (failed) throw new Error(`With DIFFERENTIAL_SEED=${seed}: ${(errorInstance as Error).message}`);
    // Else nothing has been shown.
    expect(count.written).toBeGreaterThan(count.all / 4);
    expect(count.errors).toBeGreaterThan(0);
  }, 600_000);

  const ids = ['zego:tencent:1', 'visionular:1', 'nonsense'];

  const openWorld = (changes: Partial<Snapshot> = {}): World => {
    const world = createWorld(createFakeClock());
    for (const [id, typename] of [
      ['zego:tencent:1', 'ZegoMediaTask'],
      ['visionular:1', 'VisionularTranscodeTask'],
    ] as const) {
      world.set({ typename, id }, snapshotOf('RUNNING', changes));
    }
    return world;
  };

  const tasks = (selection: string) => `query ($ids: [ID!]!) { mediaTasks(ids: $ids) ${selection} }`;

  it.each([
    ['names that objects have', tasks('{ __proto__: id constructor: status toString: stale id }')],
    ['a root field with such a name', '{ __proto__: mediaTask(id: "zego:tencent:1") { id } }'],
    ['nothing selected', tasks('{ id @skip(if: true) }')],
    ['nothing but the type', tasks('{ __typename also: __typename }')],
    ['the type between fields', tasks('{ id __typename status __typename also: __typename }')],
    [
      'a root field in two places',
      `{ ...F mediaTask(id: "${ids[0]}") { id } } fragment F on Query { mediaTask(id: "${ids[0]}") { status } }`,
    ],
    [
      'introspection',
      '{ __type(name: "Query") { fields { name type { kind name } } } mediaTask(id: "visionular:1") { id } }',
    ],
    ['a list where the variable is one id', tasks('{ id }'), { ids: 'zego:tencent:1' }],
    ['a variable that is missing', tasks('{ id }'), {}],
    [
      'a condition that is null',
      'query ($if: Boolean = true) { mediaTask(id: "visionular:1") { id @skip(if: $if) } }',
      { if: null },
    ],
  ])('answers what graphql-js would: %s', async (_, query, variables: object = { ids }) => {
    const operation = { query, variables: { ...variables } };
    expect(validate(schema, parse(query))).toEqual([]);
    const actual = await observe(openWorld(), operation, byExecutor());
    const expected = await observe(openWorld(), operation, byGraphqlJs);
    expectSame(operation, actual, expected);
  });

  it('applies conditions by the variables of each request', async () => {
    const query =
      'query ($if: Boolean! = true) { mediaTask(id: "visionular:1") { id stale @include(if: $if) } }';
    const textOf = async (variables: object) => {
      const observed = await observe(openWorld(), { query, variables: { ...variables } }, byExecutor());
      return observed.isWritten && observed.text;
    };
    const id = '{"data":{"mediaTask":{"id":"visionular:1"';
    expect(await textOf({ if: true })).toBe(`${id},"stale":false}}}`);
    expect(await textOf({ if: false })).toBe(`${id}}}}`);
    expect(await textOf({})).toBe(`${id},"stale":false}}}`);
  });

  it.each([
    ['a number beyond Int', { progress: 2 ** 40 }],
    ['a number that is none', { progress: Number.NaN }],
    ['a null in a list without', { detail: { __typename: 'ZegoTencentTask', thumbnailsUrl: [null] } }],
    ['a text instead of a list', { detail: { __typename: 'ZegoTencentTask', thumbnailsUrl: 'text' } }],
    ['an object of another type', { detail: { __typename: 'ZegoMediaTask' } }],
    ['an object of no type', { detail: {} }],
    ['a text instead of an object', { failure: 'text' }],
    ['an error', { failure: new Error('oops') }],
    ['a promise of an object', { failure: Promise.resolve({ message: 'late' }) }],
    ['a promise of a text', { createdAt: Promise.resolve('late') }],
    ['a function', { vendorStatus: () => 'computed' }],
    ['an unknown value of an enum', { kind: 'NOTHING' }],
  ])('leaves %s to graphql-js, and resolves nothing again', async (_, changes) => {
    const detail = '... on ZegoMediaTask { detail { __typename ... on ZegoTencentTask { thumbnailsUrl } } }';
    const selection = `{ id progress failure { message } createdAt vendorStatus kind ${detail} }`;
    const operation = { query: tasks(selection), variables: { ids } };
    const open = () => openWorld(changes as unknown as Partial<Snapshot>);
    const actual = await observe(open(), operation, byExecutor());
    expect(actual.isWritten).toBe(false);
    expectSame(operation, actual, await observe(open(), operation, byGraphqlJs));
  });

  it('tells the operations of a document apart', async () => {
    const query = ['A', 'B'].map(
      (name) => `query ${name} { x: mediaTask(id: "visionular:1") { ${name}: id } }`,
    );
    const textOf = async (operationName: string) =>
      (await observe(openWorld(), { query: query.join(), operationName }, byExecutor())).text;
    expect(await textOf('A')).toBe('{"data":{"x":{"A":"visionular:1"}}}');
    expect(await textOf('B')).toBe('{"data":{"x":{"B":"visionular:1"}}}');
  });

  it('leaves types under which something is resolved to graphql-js', async () => {
    const number = new GraphQLObjectType({
      name: 'Number',
      fields: { next: { type: GraphQLInt, resolve: (value: { n: number }) => value.n + 1 } },
    });
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        number: { type: number, resolve: () => ({ n: 1, next: 7 }) },
        broken: { type: GraphQLInt, resolve: () => 'text' },
      },
    });
    const run = byExecutor({}, createExecutor(new GraphQLSchema({ query })));
    const answerOf = async (fields: string) => {
      const { data } = await run({ query: `{ ${fields} }` }, createContext(openWorld().sources));
      return stringifyAnswer(data);
    };
    expect(await answerOf('number { also: next }')).toBe('{"number":{"also":2}}');
    expect(await answerOf('number { also: next } broken')).toBe('{"number":{"also":2},"broken":null}');
  });

  it('leaves a request for a trace to graphql-js', async () => {
    const operation = { query: tasks('{ id }'), variables: { ids } };
    expect((await observe(openWorld(), operation, byExecutor())).isWritten).toBe(true);
    expect((await observe(openWorld(), operation, byExecutor({ captureTraces: true }))).isWritten).toBe(
      false,
    );
  });

  it('stops writing an answer that is too large, which is refused', async () => {
    const aliases = Array.from({ length: 200 }, (_, n) => `a${n}: vendorStatus`);
    const operation = { query: tasks(`{ ${aliases.join(' ')} }`), variables: { ids } };
    let reads = 0;
    const large = {
      valueOf: () => {
        reads += 1;
        return 'x'.repeat(1_000_000);
      },
    };
    const world = openWorld({ vendorStatus: large as unknown as string });
    const result = await byExecutor()(operation, createContext(world.sources));
    expect(reads).toBeLessThan(10);
    expect(() => stringifyAnswer({ data: result.data })).toThrow('answerBytes');
  });

  it('lets others have their turn after each hundred items, and after each root field', async () => {
    const list = Array.from({ length: 250 }, (_, n) => n);
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        list: { type: new GraphQLList(GraphQLInt), resolve: () => list },
        one: { type: GraphQLInt, resolve: () => 1 },
      },
    });
    const run = byExecutor({}, createExecutor(new GraphQLSchema({ query })));
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    const context = { ...createContext(openWorld().sources), pause };
    const { data } = await run({ query: '{ list one again: one }' }, context);
    expect(JSON.parse(stringifyAnswer({ data }))).toEqual({ data: { list, one: 1, again: 1 } });
    expect(pauses).toBe(5);
  });

  it('lets others have their turn after each 100,000 characters of a list', async () => {
    const list = ['x'.repeat(100_000), '', 'x'.repeat(100_000), '', ''];
    const type = new GraphQLList(GraphQLString);
    const query = new GraphQLObjectType({ name: 'Query', fields: { list: { type, resolve: () => list } } });
    const run = byExecutor({}, createExecutor(new GraphQLSchema({ query })));
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    const { data } = await run({ query: '{ list }' }, { ...createContext(openWorld().sources), pause });
    expect(JSON.parse(stringifyAnswer({ data }))).toEqual({ data: { list } });
    expect(pauses).toBe(3);
  });

  it('lets others have their turn within a long text', async () => {
    // Each 😀 is where a piece would end.
    const text = `${'"'.repeat(99_999)}😀${'\n'.repeat(99_997)}😀\ud83d`;
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: { text: { type: GraphQLString, resolve: () => text } },
    });
    const run = byExecutor({}, createExecutor(new GraphQLSchema({ query })));
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    const { data } = await run({ query: '{ text }' }, { ...createContext(openWorld().sources), pause });
    expect(stringifyAnswer({ data })).toBe(JSON.stringify({ data: { text } }));
    expect(pauses).toBe(4);
  });

  it('refuses an answer that was cut off where it is not too large yet', async () => {
    const world = openWorld({ vendorStatus: 'x'.repeat(7_999_800), failure: { code: null, message: null } });
    const aliases = Array.from({ length: 60 }, (_, n) => `a${n}: code`).join(' ');
    const query = `{ mediaTask(id: "visionular:1") { vendorStatus failure { ${aliases} } } }`;
    const { data } = await byExecutor()({ query }, createContext(world.sources));
    expect(() => stringifyAnswer({ data })).toThrow('answerBytes');
  });
});
