import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { getArgumentValues } from 'graphql/execution/values.js';
import { tooLarge } from './admission.ts';
import type { Limits } from './limits.ts';
import { measureDocument } from './measure.ts';
import { fragmentsOf } from './selection.ts';

/** An operation and the values of its variables, as the client sent them. */
export interface OperationRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Counts what one request asks for over all its root fields and aliases: the limits on lists hold for all of them
 * together.
 * @returns the refusal, if it is too much
 */
export const findOversize = (request: OperationRequest, limits: Limits): GraphQLError | undefined => {
  const { document, operation } = request;
  const selections = selectionsOf(document);
  // The resolver of a single field looks at its own list, and most operations have one field only.
  if (isSingleField(operation) && limits.objects * selections <= limits.fields) return undefined;

  const ids = new Set<string>();
  let references = 0;
  let objects = 0;
  for (const { name, args } of readRootFields(request)) {
    const keys = toKeys(name, args);
    objects += keys.length;
    if (name === '_entities') references += keys.length;
    else for (const key of keys) ids.add(String(key));
  }
  return refuseCounts({ ids: ids.size, references, objects }, document, limits);
};

/** What one request asks for, as the limits count it. */
export type Counts = Pick<Limits, 'ids' | 'references' | 'objects'>;

/** @returns the refusal, if it is too much */
export const refuseCounts = (
  counts: Counts,
  document: DocumentNode,
  limits: Limits,
): GraphQLError | undefined => {
  for (const limit of ['ids', 'references', 'objects'] as const) {
    if (counts[limit] > limits[limit]) return tooLarge(limit, limits[limit]);
  }
  const fields = counts.objects * selectionsOf(document);
  return fields > limits.fields ? tooLarge('fields', limits.fields) : undefined;
};

type Values = Readonly<Record<string, unknown>>;

/** What a root field asks for: the items of its list, or the one object that its arguments name. */
const toKeys = (field: string, args: Values): readonly unknown[] => {
  const values = Object.values(args);
  const [value] = values;
  if (Array.isArray(value)) return value;
  if (values.length === 0) return [];
  return 'id' in args ? [value] : [toNaturalKey(field, args)];
};

/** Longer values are not natural keys: the resolver refuses them, so they need not be told apart. */
const longestValue = 1_000;

const toNaturalKey = (field: string, args: Values): string =>
  JSON.stringify([field, ...Object.values(args).map((value) => String(value).slice(0, longestValue))]);

/** The root fields as the executor collects them. None where it will refuse the variables or the arguments. */
const readRootFields = ({ schema, document, operation, variables }: OperationRequest): RootField[] => {
  const type = schema.getRootType(operation.operation);
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (!type || !coerced) return [];
  const fragments = fragmentsOf(document);
  const fields = collectFields(schema, fragments, coerced, type, operation.selectionSet);
  return [...fields.values()].flatMap(([node]) => {
    const definition = node && type.getFields()[node.name.value];
    return definition ? readRootField(definition, node, coerced) : [];
  });
};

interface RootField {
  readonly name: string;
  readonly args: Values;
}

const readRootField = (
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Values,
): RootField | [] => {
  try {
    return { name: definition.name, args: getArgumentValues(definition, node, variables) };
  } catch {
    return [];
  }
};

const isSingleField = ({ selectionSet: { selections } }: OperationDefinitionNode): boolean =>
  selections.length === 1 && selections[0]?.kind === Kind.FIELD;

/** Apollo Server keeps documents, so each is measured once. */
const knownSelections = new WeakMap<DocumentNode, number>();

/** The selections of the largest operation or fragment, with all fragments expanded. */
export const selectionsOf = (document: DocumentNode): number => {
  let most = knownSelections.get(document);
  if (most !== undefined) return most;
  most = 0;
  measureDocument(document, (measured, value) => {
    if (measured === 'selections') most = Math.max(most ?? 0, value);
    return false;
  });
  knownSelections.set(document, most);
  return most;
};
