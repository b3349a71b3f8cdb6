import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  isObjectType,
  Kind,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';

/**
 * Whether the selection on an object of the given type holds only the named fields and `__typename`.
 * Fragments, @skip and @include are applied as the executor does. Computed once per type and field of a request,
 * whatever the length of the list.
 */
export const selectsOnly = (
  info: GraphQLResolveInfo,
  typename: string,
  names: ReadonlySet<string>,
): boolean => {
  let results = knownResults.get(info.fieldNodes);
  if (!results) {
    results = new Map();
    knownResults.set(info.fieldNodes, results);
  }
  let result = results.get(typename);
  if (result === undefined) {
    result = selectsFields(info, typename, names);
    results.set(typename, result);
  }
  return result;
};

/** As `selectsOnly`, for a selection that is not being executed. */
export const selectsFields = (selection: Selection, typename: string, names: ReadonlySet<string>): boolean =>
  selectedFields(selection, typename).every((name) => name === '__typename' || names.has(name));

/** The nodes that one field of an answer stands for, and what their selections depend on. */
export type Selection = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'> & {
  readonly fieldNodes: readonly FieldNode[];
};

/** The fragments of a document by their names, as the executor knows them. */
export const fragmentsOf = (document: DocumentNode): Record<string, FragmentDefinitionNode> => {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
};

/** The executor creates a new list of field nodes for each request, so an entry lives as long as its request. */
const knownResults = new WeakMap<GraphQLResolveInfo['fieldNodes'], Map<string, boolean>>();

const selectedFields = (selection: Selection, typename: string): string[] => {
  const { schema, fragments, variableValues, fieldNodes } = selection;
  const type = schema.getType(typename);
  if (!isObjectType(type)) return [];
  return [...collectSubfields(schema, fragments, variableValues, type, fieldNodes).values()].flatMap(
    (nodes) => nodes.slice(0, 1).map((node) => node.name.value),
  );
};
