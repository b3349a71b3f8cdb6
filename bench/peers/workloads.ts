import { createHash } from 'node:crypto';
import { everyField, toIds, typenameOf } from './tasks.ts';

/** What clients send: each body is one request, and all are sent in turn. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly bodies: readonly string[];
}

/** What a dashboard shows. */
const tenFields =
  '{ __typename id kind status progress createdAt finishedAt stale failure { message } problem { code } }';

const post = (query: string, variables: object): string => JSON.stringify({ query, variables });

const tasks = `query Tasks($ids: [ID!]!) { mediaTasks(ids: $ids) ${everyField} }`;
const dashboard = `query Dashboard($ids: [ID!]!) { mediaTasks(ids: $ids) ${tenFields} }`;
const entities = `query Entities($representations: [_Any!]!) { _entities(representations: $representations) { ... on MediaTask ${tenFields} } }`;

const toRepresentations = (ids: readonly string[]) => ids.map((id) => ({ __typename: typenameOf(id), id }));

/** The same numbers in each run. */
const createRandom = (seed: number) => (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
};

const pickLists = (lists: number, length: number, ids: readonly string[]): string[][] => {
  const random = createRandom(1);
  return Array.from({ length: lists }, () => Array.from({ length }, () => ids[random(ids.length)] ?? ''));
};

export const workloads: readonly Workload[] = [
  {
    name: 'W1',
    about: '50 tasks of five vendors with every field',
    bodies: [post(tasks, { ids: toIds('done', 50) })],
  },
  {
    name: 'W1d',
    about: 'W1 with 2,000 different id lists over 500 tasks',
    bodies: pickLists(2_000, 50, toIds('done', 500)).map((ids) => post(tasks, { ids })),
  },
  {
    name: 'W2',
    about: '`_entities` of 100 references, ten fields',
    bodies: [post(entities, { representations: toRepresentations(toIds('done', 100)) })],
  },
  {
    name: 'W3',
    about: 'one task with every field',
    bodies: [post(`query Task($id: ID!) { mediaTask(id: $id) ${everyField} }`, { id: toIds('done', 1)[0] })],
  },
  {
    name: 'WD',
    about: "50 tasks with a dashboard's ten fields",
    bodies: [post(dashboard, { ids: toIds('done', 50) })],
  },
  {
    name: 'W1c',
    about: 'W1 while 10 % of the tasks change each second: ten of the 50 run, and are as good as new for 2 s',
    bodies: [post(tasks, { ids: [...toIds('done', 40), ...toIds('live', 10)] })],
  },
];

/** W1 as a GET that names its document by its hash, as Apollo Client sends persisted queries. */
export const toGet = (count: number): { readonly path: string; readonly register: string } => {
  const extensions = {
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(tasks).digest('hex') },
  };
  const variables = { ids: toIds('done', count) };
  const search = new URLSearchParams({
    variables: JSON.stringify(variables),
    extensions: JSON.stringify(extensions),
  });
  return { path: `/graphql?${search}`, register: JSON.stringify({ query: tasks, variables, extensions }) };
};

/** W1 with another number of tasks. */
export const toW1 = (count: number, first = 0): string =>
  post(tasks, { ids: toIds('done', first + count).slice(first) });
