import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  type ValueNode,
  valueFromAST,
  visit,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { Job, Task } from '../domain/task.ts';
import { fragmentsOf, selectsFields } from '../graphql/selection.ts';
import type { Newest } from '../lookup/lookup.ts';
import type { RenderedSelection } from './renderings.ts';
import type { Find, RootField, RootFields } from './root-fields.ts';
import { createReadVariables, type Values } from './variables.ts';

/** What is known of a task or job that is asked for. */
export type Found = Newest<Task | Job>;

/** What one operation answers, for given values of the variables in @skip and @include. */
export interface Plan {
  readonly operationName: string | undefined;
  readonly document: DocumentNode;
  readonly fields: readonly PlannedField[];
}

/** One root field of the answer. */
export interface PlannedField {
  /** Its name in the answer, as JSON, with a colon. */
  readonly label: string;
  readonly root: RootField;
  /** What it asks for: the items of its list, or one. Undefined if only the executor knows. */
  readonly keysOf: (variables: Values) => readonly unknown[] | undefined;
  readonly find: Find;
  readonly selection: RenderedSelection;
}

/** An operation that Apollo Server has parsed, validated and executed. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The plan for the variables of a request, and their values with defaults; undefined if there is none. */
export type MakePlan = (sent: Values) => { readonly plan: Plan; readonly variables: Values } | undefined;

export interface PlanOptions {
  readonly schema: GraphQLSchema;
  readonly rootFields: RootFields;
  /** Of tasks and jobs, with the fields that are answered without a lookup. */
  readonly keyNames: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Plans of one operation with different values of its conditions. */
const maxPlans = 16;

/** Undefined if the operation has variables of other types than tasks are asked for by. */
export const createMakePlan = (options: PlanOptions, operation: Operation): MakePlan | undefined => {
  const readVariables = createReadVariables(options.schema, operation.operation);
  if (!readVariables) return undefined;
  const conditions = conditionsOf(operation.document);
  const plans = new Map<string, Plan | undefined>();
  return (sent) => {
    const variables = readVariables(sent);
    if (!variables) return undefined;
    const values = Object.fromEntries(conditions.map((name) => [name, variables[name] === true]));
    const key = conditions.length === 0 ? '' : Object.values(values).join();
    let plan = plans.get(key);
    if (!plan && !plans.has(key)) {
      if (plans.size >= maxPlans) plans.clear();
      plan = createPlan(options, operation, values);
      plans.set(key, plan);
    }
    return plan && { plan, variables };
  };
};

/** The variables that decide what is answered. */
const conditionsOf = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
};

type Conditions = Readonly<Record<string, boolean>>;

const createPlan = (
  options: PlanOptions,
  { document, operation }: Operation,
  conditions: Conditions,
): Plan | undefined => {
  const { schema, rootFields } = options;
  const type = schema.getQueryType();
  if (!type) return undefined;
  const fragments = fragmentsOf(document);
  const fields: PlannedField[] = [];
  const collected = collectFields(schema, fragments, conditions, type, operation.selectionSet);
  for (const [name, nodes] of collected) {
    const [node] = nodes;
    const definition = node && type.getFields()[node.name.value];
    const root = definition && rootFields.get(definition.name);
    const readArguments = root && createReadArguments(definition, node);
    if (!readArguments) return undefined;
    const needsLookup = (typename: string): boolean => {
      const names = options.keyNames.get(typename) ?? new Set();
      return !selectsFields(
        { schema, fragments, variableValues: conditions, fieldNodes: nodes },
        typename,
        names,
      );
    };
    const typenames = [...options.keyNames.keys()];
    fields.push({
      label: `${JSON.stringify(name)}:`,
      root,
      keysOf: (variables) => {
        const values = readArguments(variables);
        return values && root.toKeys(values);
      },
      find: root.createFind(new Set(typenames.filter(needsLookup))),
      selection: toSelection(nodes, Object.values(fragments), conditions, typenames),
    });
  }
  return fields.length > 0 ? { operationName: operation.name?.value, document, fields } : undefined;
};

/** Undefined if a literal holds variables. */
const createReadArguments = (
  { args }: GraphQLField<unknown, unknown>,
  node: FieldNode,
): ((variables: Values) => Values | undefined) | undefined => {
  const constants: Record<string, unknown> = {};
  const variables: [argument: string, variable: string][] = [];
  for (const { name, type } of args) {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (!given) return undefined;
    if (given.kind === Kind.VARIABLE) variables.push([name, given.name.value]);
    else if (holdsVariable(given)) return undefined;
    else constants[name] = valueFromAST(given, type);
  }
  return (values) => {
    const read: Record<string, unknown> = { ...constants };
    for (const [argument, variable] of variables) read[argument] = values[variable];
    return Object.values(read).some((value) => value === undefined || value === null) ? undefined : read;
  };
};

const holdsVariable = (value: ValueNode): boolean => {
  let found = false;
  visit(value, {
    Variable: () => {
      found = true;
    },
  });
  return found;
};

const toSelection = (
  nodes: readonly FieldNode[],
  fragments: readonly FragmentDefinitionNode[],
  conditions: Conditions,
  typenames: readonly string[],
): RenderedSelection => {
  const selectionSet = {
    kind: Kind.SELECTION_SET as const,
    selections: nodes.flatMap((node) => node.selectionSet?.selections ?? []),
  };
  const toName = (value: string) => ({ kind: Kind.NAME as const, value });
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: 'query' as OperationDefinitionNode['operation'],
        variableDefinitions: Object.keys(conditions).map((name) => ({
          kind: Kind.VARIABLE_DEFINITION,
          variable: { kind: Kind.VARIABLE, name: toName(name) },
          type: { kind: Kind.NAMED_TYPE, name: toName('Boolean') },
        })),
        selectionSet: {
          kind: Kind.SELECTION_SET,
          selections: typenames.map((typename) => ({
            kind: Kind.FIELD,
            name: toName(typename),
            selectionSet,
          })),
        },
      },
      ...fragments,
    ],
  };
  return { key: `${print(document)}${JSON.stringify(conditions)}`, document, variables: conditions };
};
