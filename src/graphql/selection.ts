import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';

/**
 * Whether the selection on an object of the given type needs nothing but the named fields and `__typename`.
 * Fragments, @skip and @include are followed as the executor does. Asked once per type and field of a request,
 * however long the list below it.
 */
export const selectsOnly = (
  info: GraphQLResolveInfo,
  typename: string,
  names: ReadonlySet<string>,
): boolean => {
  let answers = knownAnswers.get(info.fieldNodes);
  if (!answers) {
    answers = new Map();
    knownAnswers.set(info.fieldNodes, answers);
  }
  let answer = answers.get(typename);
  if (answer === undefined) {
    answer = selectedFields(info, typename).every((name) => name === '__typename' || names.has(name));
    answers.set(typename, answer);
  }
  return answer;
};

/** The executor makes a new list of field nodes for each request, so entries live as long as theirs. */
const knownAnswers = new WeakMap<GraphQLResolveInfo['fieldNodes'], Map<string, boolean>>();

const selectedFields = (info: GraphQLResolveInfo, typename: string): string[] => {
  const type = info.schema.getType(typename);
  if (!isObjectType(type)) return [];
  const { schema, fragments, variableValues, fieldNodes } = info;
  return [...collectSubfields(schema, fragments, variableValues, type, fieldNodes).values()].flatMap(
    (nodes) => nodes.slice(0, 1).map((node) => node.name.value),
  );
};
