import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { Limits } from './limits.ts';

/** What is measured of a document. */
export type Measured = keyof Pick<
  Limits,
  | 'operations'
  | 'fragments'
  | 'aliases'
  | 'rootFields'
  | 'schemaFields'
  | 'directives'
  | 'depth'
  | 'valueDepth'
  | 'selections'
>;

/** @returns true to stop measuring, because a limit is passed */
export type Exceeds = (measured: Measured, value: number) => boolean;

/** A selection set with its fragments expanded. */
interface Size {
  readonly depth: number;
  readonly selections: number;
  readonly rootFields: number;
  readonly schemaFields: number;
}

const empty: Size = { depth: 0, selections: 0, rootFields: 0, schemaFields: 0 };

const schemaFieldNames = new Set(['_service', '__schema']);

/** Thrown to leave all levels at once. */
const stopped = Symbol('stopped');

/**
 * Measures a document in time proportional to its length, whatever its fragments spread, and reports each measure as
 * soon as it grows. Recursion is as deep as the limits allow.
 * @returns false if it was stopped
 */
export const measureDocument = (document: DocumentNode, exceeds: Exceeds): boolean => {
  try {
    measure(document, (measured, value) => {
      if (exceeds(measured, value)) throw stopped;
    });
    return true;
  } catch (reason) {
    if (reason !== stopped) throw reason;
    return false;
  }
};

const measure = (document: DocumentNode, report: (measured: Measured, value: number) => void): void => {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const fragments = new Map<string, FragmentDefinitionNode>();
  report('operations', operations.length);
  let fragmentCount = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    fragmentCount += 1;
    fragments.set(definition.name.value, definition);
  }
  report('fragments', fragmentCount);

  let aliases = 0;
  const known = new Map<string, Size>();

  const sizeOfFragment = (name: string): Size => {
    const size = known.get(name);
    const fragment = fragments.get(name);
    if (size || !fragment) return size ?? empty;
    // A fragment within itself is refused by validation.
    known.set(name, empty);
    const measured = sizeOf(fragment.selectionSet, 0);
    known.set(name, measured);
    return measured;
  };

  const visitAnnotations = (node: ASTNode): void => {
    if ('directives' in node && node.directives) {
      report('directives', node.directives.length);
      for (const directive of node.directives) visitAnnotations(directive);
    }
    if ('arguments' in node && node.arguments) {
      for (const argument of node.arguments) if ('value' in argument) visitValue(argument.value, 1);
    }
  };

  const visitValue = (value: ValueNode, depth: number): void => {
    if (value.kind === Kind.LIST) {
      report('valueDepth', depth);
      for (const item of value.values) visitValue(item, depth + 1);
    } else if (value.kind === Kind.OBJECT) {
      report('valueDepth', depth);
      for (const field of value.fields) visitValue(field.value, depth + 1);
    }
  };

  const visitVariable = (variable: VariableDefinitionNode): void => {
    visitAnnotations(variable);
    if (variable.defaultValue) visitValue(variable.defaultValue, 1);
    let depth = 0;
    for (let { type } = variable; type.kind !== Kind.NAMED_TYPE; type = type.type) {
      if (type.kind === Kind.LIST_TYPE) depth += 1;
    }
    report('valueDepth', depth);
  };

  /** @param level how deep the selection set stands in its definition */
  const sizeOf = (set: SelectionSetNode | undefined, level: number): Size => {
    if (!set) return empty;
    report('depth', level + 1);
    const size = { ...empty };
    const add = (within: Size): void => {
      size.depth = Math.max(size.depth, within.depth);
      size.selections += within.selections;
      size.rootFields += within.rootFields;
      size.schemaFields += within.schemaFields;
    };
    for (const selection of set.selections) {
      visitAnnotations(selection);
      size.selections += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) add(sizeOfFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) add(sizeOf(selection.selectionSet, level + 1));
      else {
        if (selection.alias) report('aliases', ++aliases);
        const { depth, selections } = sizeOf(selection.selectionSet, level + 1);
        const schemaFields = schemaFieldNames.has(selection.name.value) ? 1 : 0;
        add({ depth: depth + 1, selections, rootFields: 1, schemaFields });
      }
    }
    report('depth', size.depth);
    report('selections', size.selections);
    return size;
  };

  for (const definition of document.definitions) {
    visitAnnotations(definition);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) sizeOfFragment(definition.name.value);
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      for (const variable of definition.variableDefinitions ?? []) visitVariable(variable);
      const { rootFields, schemaFields } = sizeOf(definition.selectionSet, 0);
      report('rootFields', rootFields);
      report('schemaFields', schemaFields);
    }
  }
};
