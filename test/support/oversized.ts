/** An operation that is too much in one respect, and the limit that it passes. */
export interface Oversized {
  readonly limit: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const repeat = (count: number, text: (n: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, n) => text(n)).join(separator);

const nest = (depth: number, open: string, close: string, inside = ''): string =>
  open.repeat(depth) + inside + close.repeat(depth);

export const manyIds = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, n) => `zego:tencent:many-${first + n}`);

const junk = Array.from({ length: 1_000 }, (_, n) => ({ __typename: 'Nonsense', n }));
const malformed = Array.from({ length: 200 }, (_, n) => `malformed-${n}`);

/** What an attacker sends to whom it costs little, by the documents alone. */
export const oversizedDocuments: readonly (readonly [name: string, operation: Oversized])[] = [
  ['a document of 200 kB', { limit: 'characters', query: `{ __typename } # ${'x'.repeat(200_000)}` }],
  ['9,000 fields', { limit: 'tokens', query: `{ ${repeat(9_000, () => '__typename')} }` }],
  ['5,000 comments', { limit: 'comments', query: `{ __typename }${repeat(5_000, () => '\n#', '')}` }],
  ['1,200 levels', { limit: 'depth', query: nest(1_200, '{a', '}', '{b}') }],
  ['21 levels', { limit: 'depth', query: `{a${nest(20, '{a', '}')}}` }],
  [
    '1,000 levels of inline fragments',
    { limit: 'depth', query: `{ ${nest(1_000, '...{', '}', '__typename')} }` },
  ],
  ['400 levels of lists', { limit: 'valueDepth', query: `{ a(b: ${nest(400, '[', ']')}) }` }],
  [
    'a variable of a list of 400 levels',
    { limit: 'valueDepth', query: `query ($a: ${nest(400, '[', ']', 'ID')}) { __typename }` },
  ],
  ['500 operations', { limit: 'operations', query: repeat(500, (n) => `query Q${n} {a}`) }],
  [
    'a chain of 10,000 fragments',
    {
      limit: 'characters',
      query: `{ ...F0 } ${repeat(10_000, (n) => `fragment F${n} on Query { ...F${n + 1} }`)}`,
    },
  ],
  [
    'a chain of 400 fragments',
    {
      limit: 'fragments',
      query: `{ ...F0 } ${repeat(400, (n) => `fragment F${n} on Query { ...F${n + 1} }`)}`,
    },
  ],
  [
    'fragments that double 30 times',
    {
      limit: 'selections',
      query: `{ ...F0 } ${repeat(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
    },
  ],
  ['1,000 aliases', { limit: 'aliases', query: `{ ${repeat(1_000, (n) => `a${n}: __typename`)} }` }],
  ['1,000 root fields', { limit: 'rootFields', query: `{ ${repeat(1_000, () => '__typename')} }` }],
  [
    '100 directives on one field',
    { limit: 'directives', query: `{ __typename ${repeat(100, () => '@include(if: true)')} }` },
  ],
  [
    'the SDL three times',
    { limit: 'schemaFields', query: `{ ${repeat(3, (n) => `a${n}: _service { sdl }`)} }` },
  ],
  [
    'the SDL 20,000 times',
    { limit: 'characters', query: `{ ${repeat(20_000, (n) => `a${n}: _service { sdl }`)} }` },
  ],
  [
    '1,000 junk references under 1,000 aliases',
    {
      limit: 'tokens',
      query: `query ($r: [_Any!]!) { ${repeat(1_000, (n) => `a${n}: _entities(representations: $r) { __typename }`)} }`,
      variables: { r: junk },
    },
  ],
  [
    '200 malformed ids under 300 aliases',
    {
      limit: 'aliases',
      query: `query ($i: [ID!]!) { ${repeat(300, (n) => `a${n}: mediaTasks(ids: $i) { id }`)} }`,
      variables: { i: malformed },
    },
  ],
];

/** What counts only with the variables: with MAX_IDS_PER_QUERY 200 and MAX_REPRESENTATIONS 1,000. */
export const oversizedRequests: readonly (readonly [name: string, operation: Oversized])[] = [
  [
    '1,000 junk references under 60 aliases',
    {
      limit: 'references',
      query: `query ($r: [_Any!]!) { ${repeat(60, (n) => `a${n}: _entities(representations: $r) { __typename }`)} }`,
      variables: { r: junk },
    },
  ],
  [
    '200 malformed ids under 60 aliases',
    {
      limit: 'objects',
      query: `query ($i: [ID!]!) { ${repeat(60, (n) => `a${n}: mediaTasks(ids: $i) { id }`)} }`,
      variables: { i: malformed },
    },
  ],
  [
    '201 ids in two lists',
    {
      limit: 'ids',
      query: 'query ($a: [ID!]!, $b: [ID!]!) { a: mediaTasks(ids: $a) { id } b: mediaTasks(ids: $b) { id } }',
      variables: { a: manyIds(101), b: manyIds(100, 101) },
    },
  ],
  [
    '201 ids in lists, ids, natural keys and jobs',
    {
      limit: 'ids',
      query: `query ($a: [ID!]!, $b: [ID!]!) { mediaTasks(ids: $a) { id } ...More mediaTask(id: "zego:tencent:one") { id } }
        fragment More on Query {
          jobs: aliyunTranscodeJobs(transcodeJobIds: $b) { __typename }
          zegoMediaTask(vendor: TENCENT, taskId: "two") { id }
        }`,
      variables: { a: manyIds(100), b: manyIds(99, 100) },
    },
  ],
  [
    '201 aliases of one id each',
    {
      limit: 'ids',
      query: `{ ${repeat(201, (n) => `a${n}: mediaTask(id: "zego:tencent:${n}") { id }`)} }`,
    },
  ],
  [
    '1,000 references with 600 selections each',
    {
      limit: 'fields',
      query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on MediaTask { ${repeat(20, () => '...S')} } } }
        fragment S on MediaTask { ${repeat(30, () => 'status')} }`,
      variables: { r: junk },
    },
  ],
];
