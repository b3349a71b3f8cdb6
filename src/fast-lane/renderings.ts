import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type GraphQLFieldResolver,
  GraphQLList,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { Found } from './plan.ts';

/** What is selected of tasks and jobs. */
export interface RenderedSelection {
  /** The same for equal selections. */
  readonly key: string;
  /** Selects it on each type, of lists that bear the types' names. */
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, boolean>>;
}

/**
 * The JSON of one task or job in UTF-8, each byte as one character. Between two parts belongs `nextPollAfterMs`, which
 * counts down.
 */
export interface Rendering {
  readonly parts: readonly string[];
  /** Of the parts, and more than what belongs between them. */
  readonly bytes: number;
}

/** The JSON of tasks and jobs, for as long as there is no newer answer. */
export interface Renderings {
  /** In the order of the objects; undefined if any cannot be rendered without an error. */
  of(selection: RenderedSelection, found: readonly Found[]): readonly Rendering[] | undefined;
}

type BySelection = Map<string, WeakMap<object, Rendering>>;

/** `nextPollAfterMs` is an Int. */
const mostPollBytes = 11;

/** What a rendering takes besides its characters. */
const overheadBytes = 200;

/**
 * @param typenames of the objects that can be rendered
 * @param maxBytes of all renderings. They are kept in two halves: when the newer one is full, the older one is dropped,
 * and what is still in use moves to the newer one.
 */
export const createRenderings = (
  schema: GraphQLSchema,
  typenames: readonly string[],
  maxBytes: number,
): Renderings => {
  const render = createRender(schema, typenames);
  let newer: BySelection = new Map();
  let older: BySelection = new Map();
  let bytes = 0;

  const keep = (key: string, shown: object, rendering: Rendering): void => {
    let added = rendering.bytes + overheadBytes;
    if (!newer.has(key)) added += key.length;
    if (bytes + added > maxBytes / 2) {
      older = newer;
      newer = new Map();
      bytes = 0;
    }
    bytes += added;
    const ofSelection = newer.get(key) ?? new WeakMap();
    newer.set(key, ofSelection.set(shown, rendering));
  };

  return {
    of: (selection, found) => {
      const { key } = selection;
      const known = newer.get(key);
      const before = older.get(key);
      const missing = new Map<object, Found>();
      const renderings: Rendering[] = [];
      for (const each of found) {
        const { shown } = each;
        let rendering = known?.get(shown);
        if (!rendering) {
          rendering = before?.get(shown);
          if (rendering) keep(key, shown, rendering);
          else missing.set(shown, each);
        }
        if (rendering) renderings.push(rendering);
      }
      if (missing.size === 0) return renderings;
      const rendered = render(selection, [...missing.values()]);
      if (!rendered) return undefined;
      for (const [shown, rendering] of rendered) keep(key, shown, rendering);
      return found.flatMap(({ shown }) => {
        const rendering = rendered.get(shown) ?? known?.get(shown) ?? before?.get(shown);
        return rendering ? [rendering] : [];
      });
    },
  };
};

type Render = (
  selection: RenderedSelection,
  found: readonly Found[],
) => ReadonlyMap<object, Rendering> | undefined;

/** The executor itself renders, over these objects only. */
const createRender = (schema: GraphQLSchema, typenames: readonly string[]): Render => {
  const lists = typenames.map((typename) => {
    const type = schema.getType(typename);
    if (!isObjectType(type)) throw new Error(`The schema has no object type ${typename}.`);
    return [typename, { type: new GraphQLList(type) }] as const;
  });
  const rendering = new GraphQLSchema({
    ...schema.toConfig(),
    query: new GraphQLObjectType({ name: 'Rendering', fields: Object.fromEntries(lists) }),
    subscription: null,
    assumeValid: true,
  });

  return ({ document, variables }, found) => {
    const objects = Object.groupBy(found, ({ typename }) => typename);
    const polls = new Set<string>();
    const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
      const value = defaultFieldResolver(source, args, context, info);
      const { path } = info;
      const isOfTask = path.prev?.prev !== undefined && path.prev.prev.prev === undefined;
      if (isOfTask && info.fieldName === 'nextPollAfterMs' && value !== null) polls.add(toPlace(path));
      return value;
    };
    const result = execute({
      schema: rendering,
      document,
      rootValue: toRoot(objects),
      variableValues: variables,
      fieldResolver,
    });
    if (result instanceof Promise || !('data' in result) || !result.data || result.errors) return undefined;
    const renderings = new Map<object, Rendering>();
    for (const [typename, ofType = []] of Object.entries(objects)) {
      const answered = result.data[typename] as readonly Readonly<Record<string, unknown>>[];
      for (const [index, { shown }] of ofType.entries()) {
        const isPoll = (name: string) => polls.has(`${typename}.${index}.${name}`);
        renderings.set(shown, toRendering(answered[index] ?? {}, isPoll));
      }
    }
    return renderings;
  };
};

const toRoot = (found: Readonly<Partial<Record<string, Found[]>>>): object =>
  Object.fromEntries(
    Object.entries(found).map(([typename, ofType = []]) => [typename, ofType.map(({ shown }) => shown)]),
  );

const toPlace = ({ prev, key }: GraphQLResolveInfo['path']): string =>
  `${prev?.prev?.key}.${prev?.key}.${key}`;

const toRendering = (
  object: Readonly<Record<string, unknown>>,
  isPoll: (name: string) => boolean,
): Rendering => {
  const parts: string[] = [];
  let text = '';
  for (const [name, value] of Object.entries(object)) {
    text += `${text === '' && parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`;
    if (isPoll(name)) {
      parts.push(toBytes(text));
      text = '';
    } else text += JSON.stringify(value);
  }
  parts.push(toBytes(`${text}}`));
  return { parts, bytes: parts.reduce((sum, { length }) => sum + length + mostPollBytes, 0) };
};

/** Each byte of its UTF-8 as one character: such texts take little memory, and are written as they are. */
const toBytes = (text: string): string => Buffer.from(text).toString('latin1');

const comma = 44;

/**
 * Writes the items of a list, or one object.
 * @returns where it ends
 */
export const writeList = (
  found: readonly Found[],
  rendered: readonly Rendering[],
  memory: Buffer,
  start: number,
): number => {
  let at = start;
  for (let n = 0; n < rendered.length; n += 1) {
    const { parts } = rendered[n] as Rendering;
    if (n > 0) memory[at++] = comma;
    at += memory.write(parts[0] ?? '', at, 'latin1');
    if (parts.length === 1) continue;
    const poll = found[n]?.shown as { readonly nextPollAfterMs: number };
    const inMs = String(poll.nextPollAfterMs);
    for (let part = 1; part < parts.length; part += 1) {
      at += memory.write(inMs, at, 'latin1');
      at += memory.write(parts[part] ?? '', at, 'latin1');
    }
  }
  return at;
};
