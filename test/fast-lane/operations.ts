import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { providers } from '../../src/providers/index.ts';
import { below } from './snapshots.ts';

/** Operations over the whole schema, most of them valid. */

/** Where an operation's variable comes from. */
export type VariableKind = 'ids' | 'id' | 'jobIds' | 'representations' | 'flag' | 'vendor' | 'taskId';

export interface GeneratedOperation {
  readonly query: string;
  /** The one to run, if the document has several. */
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, VariableKind>>;
}

interface Scope {
  readonly g: GeneratorValue;
  readonly schema: GraphQLSchema;
  readonly fragments: string[];
  readonly variables: Map<string, VariableKind>;
}

const pick = <Item>(g: GeneratorValue, items: readonly Item[]): Item => items[below(g, items.length)] as Item;

const chance = (g: GeneratorValue, outOf: number): boolean => below(g, outOf) === 0;

const types: Readonly<Record<VariableKind, string>> = {
  ids: '[ID!]!',
  id: 'ID!',
  jobIds: '[ID!]!',
  representations: '[_Any!]!',
  flag: 'Boolean!',
  vendor: 'ZegoVendor!',
  taskId: 'ID!',
};

export const generateOperation = (g: GeneratorValue, schema: GraphQLSchema): GeneratedOperation => {
  const scope: Scope = { g, schema, fragments: [], variables: new Map() };
  const length = pick(g, [1, 1, 1, 2, 3]);
  const fields = Array.from({ length }, (_, n) => generateRootField(scope, n === 0 ? '' : `f${n}: `));
  if (chance(g, 20)) fields.push(pick(g, ['__typename', 'mediaTaskProviders { provider configured }']));
  const name = chance(g, 3) ? '' : 'Named';
  const definitions = [...scope.variables].map(([variable, kind]) => {
    const fallback = kind === 'flag' && chance(g, 2) ? ` = ${pick(g, ['true', 'false'])}` : '';
    const idsFallback = kind === 'ids' && chance(g, 6) ? ' = ["zego:tencent:1"]' : '';
    return `$${variable}: ${types[kind]}${fallback}${idsFallback}`;
  });
  const operation = `query ${name}${definitions.length > 0 ? `(${definitions.join(', ')})` : ''} { ${fields.join(' ')} }`;
  const isOneOfTwo = name !== '' && chance(g, 8);
  const others = isOneOfTwo ? ' query Other { __typename }' : '';
  return {
    query: [operation, ...scope.fragments].join('\n') + others,
    ...(name !== '' && (isOneOfTwo || chance(g, 3)) ? { operationName: name } : {}),
    variables: Object.fromEntries(scope.variables),
  };
};

const use = ({ variables }: Scope, name: string, kind: VariableKind): string => {
  variables.set(name, kind);
  return `$${name}`;
};

const someIds = ['"zego:tencent:1"', '"visionular:1"', '"volcengine-webcast:a:b:1"', '"nonsense"', '7'];

const generateRootField = (scope: Scope, alias: string): string => {
  const { g } = scope;
  const isLiteral = chance(g, 5);
  const condition = generateDirective(scope);
  const select = (typename: string) => `${condition} ${generateSelection(scope, typename, 3)}`;
  switch (pick(g, ['tasks', 'tasks', 'tasks', 'task', 'entities', 'entities', 'key', 'key', 'jobs'])) {
    case 'tasks': {
      const list = () => `[${someIds.filter((id) => chance(g, id.includes(':') ? 2 : 8)).join(', ')}]`;
      const ids = isLiteral ? list() : use(scope, pick(g, ['ids', 'otherIds']), 'ids');
      return `${alias}mediaTasks(ids: ${ids})${select('MediaTask')}`;
    }
    case 'task':
      return `${alias}mediaTask(id: ${isLiteral ? pick(g, someIds) : use(scope, 'id', 'id')})${select('MediaTask')}`;
    case 'entities': {
      const literal =
        '[{__typename: "ZegoMediaTask", id: "zego:tencent:1"}, {__typename: "MediaTask", id: "visionular:1"}]';
      const given = isLiteral ? literal : use(scope, 'representations', 'representations');
      return `${alias}_entities(representations: ${given})${select('_Entity')}`;
    }
    case 'key': {
      if (chance(g, 2)) {
        const vendor = isLiteral ? 'TENCENT' : use(scope, 'vendor', 'vendor');
        const taskId = use(scope, 'taskId', 'taskId');
        return `${alias}zegoMediaTask(vendor: ${vendor}, taskId: ${taskId})${select('ZegoMediaTask')}`;
      }
      const taskId = isLiteral ? '"1"' : use(scope, 'taskId', 'taskId');
      return `${alias}visionularTranscodeTask(taskId: ${taskId})${select('VisionularTranscodeTask')}`;
    }
    default: {
      const ids = isLiteral ? '["j1", "j2"]' : use(scope, 'jobIds', 'jobIds');
      return `${alias}aliyunTranscodeJobs(transcodeJobIds: ${ids})${select('TranscodeJobInfo')}`;
    }
  }
};

const generateDirective = (scope: Scope): string => {
  const { g } = scope;
  if (!chance(g, 8)) return '';
  const value = chance(g, 4) ? pick(g, ['true', 'false']) : use(scope, pick(g, ['a', 'b']), 'flag');
  return ` @${pick(g, ['skip', 'include'])}(if: ${value})`;
};

const keyFields = ['id', '__typename', 'provider'];

const generateSelection = (scope: Scope, typename: string, depth: number): string => {
  const { g, schema } = scope;
  const type = schema.getType(typename);
  const parts: string[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields());
    // Key fields alone need no lookup, which is a path of its own.
    const chosen = chance(g, 15) ? fields.filter(({ name }) => keyFields.includes(name)) : fields;
    const count = below(g, Math.min(8, chosen.length) + 1);
    for (let n = 0; n < count; n += 1) {
      const field = pick(g, chosen);
      parts.push(generateField(scope, field.name, field.type, depth));
    }
  }
  if (isAbstractType(type)) {
    for (const member of schema.getPossibleTypes(type)) {
      if (chance(g, 3)) parts.push(generateFragment(scope, member.name, depth));
    }
    if (typename === '_Entity' && chance(g, 2)) parts.push(generateFragment(scope, 'MediaTask', depth));
  } else if (chance(g, 10)) parts.push(generateFragment(scope, typename, depth));
  if (parts.length === 0 || chance(g, 4)) parts.push('__typename');
  return `{ ${parts.join(' ')} }`;
};

const generateFragment = (scope: Scope, typename: string, depth: number): string => {
  const { g, fragments } = scope;
  const selection = generateSelection(scope, typename, depth - 1);
  const condition = generateDirective(scope);
  if (!chance(g, 3)) return `... on ${typename}${condition} ${selection}`;
  const name = `Fragment${fragments.length}`;
  fragments.push(`fragment ${name} on ${typename} ${selection}`);
  return `...${name}${condition}`;
};

const generateField = (scope: Scope, name: string, type: GraphQLOutputType, depth: number): string => {
  const { g } = scope;
  const named = getNamedType(type);
  // The same name for the same field everywhere, so that most selections can be merged.
  const alias = chance(g, 8) ? `also_${name}: ` : '';
  const below = isCompositeType(named)
    ? depth > 0
      ? ` ${generateSelection(scope, named.name, depth - 1)}`
      : ' { __typename }'
    : '';
  return `${alias}${name}${generateDirective(scope)}${below}`;
};

const tasks = ['1', '2', '3'];

/** Ids of all kinds: of tasks that are there, of other spellings, of tasks that are not, and malformed. */
export const taskIds: readonly string[] = tasks.flatMap((task) => [
  `zego:tencent:${task}`,
  `visionular:${task}`,
  `aliyun-vod:${task}`,
  `volcengine-webcast:a:b:${task}`,
  `volcengine-whiteboard:a:${task}`,
]);

const otherIds = ['zego:TENCENT:1', 'visionular:%31', 'zego:tencent:unknown', 'nonsense', 'zego:1', ''];

const typenameOf = (id: string): string =>
  providers.find(({ name }) => id.startsWith(`${name}:`))?.typename ?? 'ZegoMediaTask';

const generateId = (g: GeneratorValue): unknown => {
  if (chance(g, 60)) return pick(g, [null, 7, true, ['zego:tencent:1']]);
  return chance(g, 40) ? pick(g, otherIds) : pick(g, taskIds);
};

const generateRepresentation = (g: GeneratorValue): unknown => {
  const id = generateId(g);
  switch (below(g, 30)) {
    case 0:
      return { __typename: 'ZegoMediaTask', vendor: 'TENCENT', taskId: '1' };
    case 1:
      return { __typename: 'TranscodeJobInfo', transcodeJobId: pick(g, ['j1', 'j2', 'j1,j2']) };
    case 2:
      return pick(g, [{ __typename: 'Nothing', id }, { id }, null, 'text', { __typename: 'MediaTask' }]);
    case 3:
      return { __typename: pick(g, ['ZegoMediaTask', 'WebCastTask']), id };
    default:
      return { __typename: chance(g, 4) ? 'MediaTask' : typenameOf(String(id)), id };
  }
};

/** A value for a variable; undefined: it is not sent. */
export const generateVariable = (g: GeneratorValue, kind: VariableKind): unknown => {
  if (chance(g, 60)) return pick(g, [undefined, null, 'text', 5, []]);
  const list = <Item>(make: () => Item): Item[] =>
    Array.from({ length: below(g, chance(g, 8) ? 16 : 6) }, make);
  switch (kind) {
    case 'ids':
      return list(() => generateId(g));
    case 'id':
      return generateId(g);
    case 'jobIds':
      return list(() => pick(g, ['j1', 'j2', 'j3', 'j1']));
    case 'representations':
      return list(() => generateRepresentation(g));
    case 'flag':
      return chance(g, 12) ? undefined : g(fc.boolean);
    case 'vendor':
      return chance(g, 20) ? pick(g, ['tencent', 'NOBODY']) : pick(g, ['TENCENT', 'HUAWEI']);
    default:
      return pick(g, tasks);
  }
};
