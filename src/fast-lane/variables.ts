import {
  GraphQLBoolean,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';

/** Whether the executor takes a value as it is: neither coerced, nor refused. */
type IsTaken = (value: unknown) => boolean;

export type Values = Readonly<Record<string, unknown>>;

/**
 * Reads an operation's variables: defaults are filled in. Undefined if any value is null, missing, or of another JSON
 * type than that of the variable: the executor knows what becomes of it.
 */
export type ReadVariables = (sent: Values) => Values | undefined;

/** Undefined if a variable is of any other type than ids, enum values, booleans and representations. */
export const createReadVariables = (
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): ReadVariables | undefined => {
  const checks: { name: string; isTaken: IsTaken; fallback: unknown; canBeMissing: boolean }[] = [];
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const type = typeFromAST(schema, node as never) as GraphQLInputType | undefined;
    const isTaken = type && createIsTaken(type);
    if (!isTaken) return undefined;
    checks.push({
      name: variable.name.value,
      isTaken,
      fallback: defaultValue && valueFromAST(defaultValue, type),
      canBeMissing: defaultValue !== undefined || !isNonNullType(type),
    });
  }
  return (sent) => {
    const values: Record<string, unknown> = {};
    for (const { name, isTaken, fallback, canBeMissing } of checks) {
      const value = sent[name];
      if (value === undefined ? !canBeMissing : !isTaken(value)) return undefined;
      values[name] = value === undefined ? fallback : value;
    }
    return values;
  };
};

const createIsTaken = (type: GraphQLInputType): IsTaken | undefined => {
  if (isNonNullType(type)) return createIsTaken(type.ofType);
  if (isListType(type)) {
    const isTaken = createIsTaken(type.ofType);
    return isTaken && ((value) => Array.isArray(value) && value.every(isTaken));
  }
  if (type === GraphQLID) return (value) => typeof value === 'string';
  if (type === GraphQLBoolean) return (value) => typeof value === 'boolean';
  if (isEnumType(type)) return (value) => typeof value === 'string' && type.getValue(value)?.value === value;
  if (type.name === '_Any') return (value) => typeof value === 'object' && value !== null;
  return undefined;
};
