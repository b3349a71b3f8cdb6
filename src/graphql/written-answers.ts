import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldConfig,
  GraphQLList,
  type GraphQLNamedOutputType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  getNamedType,
  getNullableType,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { LRUCache } from 'lru-cache';
import { Json, maxAnswerBytes, tooLargeJson } from './answer-size.ts';
import {
  charactersAtOnce,
  createJsonWriter,
  createNullableWriter,
  type JsonOutput,
  LongText,
  type WriteJson,
} from './json-writer.ts';
import { selectionsOf } from './request-size.ts';
import { fragmentsOf } from './selection.ts';

/** An operation that is valid, and its request. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly source: string;
  /** The same for equal sources. */
  readonly queryHash: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** How an operation is executed. */
export interface Execution {
  /** In which graphql-js executes it. */
  readonly schema: GraphQLSchema;
  /**
   * Makes the answer of what graphql-js returns.
   * @param pause lets others have their turn; undefined: there is time to go on
   */
  complete(
    result: ExecutionResult,
    pause: () => Promise<void> | undefined,
  ): ExecutionResult | Promise<ExecutionResult>;
}

/** Selections of the operations whose writers are kept. The largest query has 329. */
const keptSelections = 20_000;

/** What is kept of a document takes as much memory for so many characters as the writers of a selection. */
const charactersPerSelection = 10;

/** Writes what a root field returns, in pieces if it is a list. */
type RootWriter = { readonly write: WriteJson } | { readonly writeItem: WriteJson };

/** What is kept of an operation with certain conditions. */
interface Known {
  /** Of the root fields that return data only, by their names in the answer. */
  writers?: ReadonlyMap<string, RootWriter>;
}

/**
 * What root fields return holds data only, so graphql-js need not complete it field by field: it returns it as it is, and
 * functions that are kept with the operation write it as JSON. At the first doubt, graphql-js completes all of it.
 */
export const createWrittenAnswers = (schema: GraphQLSchema): ((operation: Operation) => Execution) => {
  const queryType = schema.getQueryType();
  if (!queryType) throw new Error('The schema has no queries.');
  const written = Object.values(queryType.getFields()).filter(({ type }) =>
    holdsDataOnly(schema, getNamedType(type)),
  );
  const writtenNames = new Set(written.map(({ name }) => name));
  const incomplete = withRootFields(schema, (name, field) =>
    writtenNames.has(name) ? { ...field, type: asItIs(field.type) } : field,
  );
  // What root fields have returned, for graphql-js to complete.
  const completing = withRootFields(schema, (name, field) => ({
    ...field,
    type: writtenNames.has(name) ? field.type : asItIs(field.type),
    resolve: (data, _args, _context, { path }) => (data as Readonly<Record<string, unknown>>)[path.key],
  }));
  const known = new LRUCache<string, Known>({ maxSize: keptSelections });

  const find = ({ document, operation, source, queryHash, operationName, variables }: Operation): Known => {
    const key = `${queryHash} ${operationName} ${toConditions(operation, variables)}`;
    let found = known.get(key);
    if (!found) {
      found = {};
      const size = selectionsOf(document) + Math.ceil(source.length / charactersPerSelection);
      known.set(key, found, { size });
    }
    return found;
  };

  const toWriters = ({ document, operation, variables = {} }: Operation): Map<string, RootWriter> => {
    const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    // The other variables decide nothing, and can be large.
    const conditions = Object.entries(coerced).filter(([, value]) => typeof value === 'boolean');
    const variableValues = Object.fromEntries(conditions);
    const fragments = fragmentsOf(document);
    const writers = new Map<string, RootWriter>();
    const collected = collectFields(schema, fragments, variableValues, queryType, operation.selectionSet);
    for (const [label, fieldNodes] of collected) {
      const field = queryType.getFields()[fieldNodes[0]?.name.value ?? ''];
      if (!field || !writtenNames.has(field.name)) continue;
      const selection = { schema, fragments, variableValues, fieldNodes };
      const type = getNullableType(field.type);
      writers.set(
        label,
        isListType(type)
          ? { writeItem: createNullableWriter(type.ofType, selection) }
          : { write: createJsonWriter(type, selection) },
      );
    }
    return writers;
  };

  return (request) => {
    if (asksForSchema(request.document)) return { schema, complete: (result) => result };
    return {
      schema: incomplete,
      complete: async (result, pause) => {
        const { data, errors = [] } = result;
        if (!data) return result;
        const kept = find(request);
        kept.writers ??= toWriters(request);
        const answer = await writeAll(data, kept.writers, pause);
        if (answer) return { ...result, data: answer };
        const { document, variables, operationName } = request;
        const args: ExecutionArgs = { schema: completing, document, rootValue: data };
        return addErrors(errors, execute({ ...args, variableValues: variables, operationName }));
      },
    };
  };
};

/** The values that can decide what is selected. */
const toConditions = (
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> = {},
): string =>
  variableDefinitions
    .map(({ variable }) => variables[variable.name.value])
    .map((value) => (typeof value === 'boolean' || value === null ? value : undefined))
    .map(String)
    .join();

/** Apollo Server keeps documents, so each is searched once. */
const knownDocuments = new WeakMap<DocumentNode, boolean>();

const asksForSchema = (document: DocumentNode): boolean => {
  const known = knownDocuments.get(document);
  if (known !== undefined) return known;
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      found ||= name.value === '__schema' || name.value === '__type';
    },
  });
  knownDocuments.set(document, found);
  return found;
};

/** Whether nothing has to be resolved under a type. */
const holdsDataOnly = (
  schema: GraphQLSchema,
  type: GraphQLNamedOutputType,
  checked = new Set<GraphQLNamedOutputType>(),
): boolean => {
  if (isLeafType(type) || checked.has(type)) return true;
  checked.add(type);
  if (!isObjectType(type)) {
    return schema.getPossibleTypes(type).every((member) => holdsDataOnly(schema, member, checked));
  }
  return (
    !type.isTypeOf &&
    Object.values(type.getFields()).every(
      ({ resolve, args, type: of }) =>
        !resolve && args.length === 0 && holdsDataOnly(schema, getNamedType(of), checked),
    )
  );
};

type Field = GraphQLFieldConfig<unknown, unknown>;

/** The same schema with other root fields of queries. */
const withRootFields = (
  schema: GraphQLSchema,
  toField: (name: string, field: Field) => Field,
): GraphQLSchema => {
  const { query, types, ...config } = schema.toConfig();
  const { fields = {}, ...queryConfig } = query?.toConfig() ?? { name: 'Query' };
  const others = Object.entries(fields).map(([name, field]) => [name, toField(name, field)]);
  return new GraphQLSchema({
    ...config,
    types: types.filter((type) => type !== query),
    query: new GraphQLObjectType({ ...queryConfig, fields: Object.fromEntries(others) }),
    assumeValid: true,
  });
};

const anything = new GraphQLScalarType({ name: 'Anything' });

/** Lists and nulls are as before, but what is in them is not looked at. */
const asItIs = (type: GraphQLOutputType): GraphQLOutputType => {
  const nullable = getNullableType(type);
  const within = isListType(nullable) ? new GraphQLList(asItIs(nullable.ofType)) : anything;
  return isNonNullType(type) ? new GraphQLNonNull(within) : within;
};

type Data = Readonly<Record<string, unknown>>;

/** Of a list, so many are written without a turn for others: a hundred tasks with every field take a millisecond. */
const itemsAtOnce = 100;

/** Undefined at the first doubt. */
const writeAll = async (
  data: Data,
  writers: ReadonlyMap<string, RootWriter>,
  pause: () => Promise<void> | undefined,
): Promise<Data | undefined> => {
  const output: JsonOutput = { parts: [], room: maxAnswerBytes };

  const takeText = async (): Promise<string> => {
    const parts = output.parts.splice(0);
    for (let n = 0; n < parts.length; n += 1) {
      const part = parts[n];
      if (!(part instanceof LongText)) continue;
      output.room += part.length;
      const pieces: string[] = [];
      for (const piece of part.pieces()) {
        output.room -= piece.length;
        if (output.room < 0) return '';
        pieces.push(piece);
        await pause();
      }
      parts[n] = pieces.join('');
    }
    return parts.join('');
  };

  const writeList = async (list: readonly unknown[], writeItem: WriteJson): Promise<string> => {
    let text = '';
    let roomAtStart = output.room;
    for (const [n, item] of list.entries()) {
      output.parts.push(n === 0 ? '[' : ',');
      output.room -= 1;
      writeItem(item, output);
      if (output.room < 0) break;
      const isMuch = (n + 1) % itemsAtOnce === 0 || roomAtStart - output.room > charactersAtOnce;
      if (!isMuch || n + 1 === list.length) continue;
      text += await takeText();
      await pause();
      roomAtStart = output.room;
    }
    return `${text}${await takeText()}${list.length === 0 ? '[]' : ']'}`;
  };

  const writeField = async (value: unknown, writer: RootWriter): Promise<Json> => {
    let text: string;
    if ('writeItem' in writer) text = await writeList(value as readonly unknown[], writer.writeItem);
    else {
      writer.write(value, output);
      text = await takeText();
    }
    await pause();
    return output.room < 0 ? tooLargeJson : new Json(text);
  };

  const answer: [name: string, value: unknown][] = [];
  try {
    for (const [name, value] of Object.entries(data)) {
      const writer = writers.get(name);
      answer.push([name, value === null || !writer ? value : await writeField(value, writer)]);
    }
  } catch {
    return undefined;
  }
  return Object.fromEntries(answer);
};

const addErrors = async (
  errors: readonly GraphQLError[],
  completing: ExecutionResult | Promise<ExecutionResult>,
): Promise<ExecutionResult> => {
  const completed = await completing;
  const all = [...errors, ...(completed.errors ?? [])];
  return all.length > 0 ? { ...completed, errors: all } : completed;
};
