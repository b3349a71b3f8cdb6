import type { JobKind, Provider } from '../domain/provider.ts';
import { type Keyed, toTaskRef } from '../domain/task-id.ts';
import type { Sources } from '../graphql/context.ts';
import { toRootField } from '../graphql/resolvers.ts';
import type { Found } from './plan.ts';
import type { Values } from './variables.ts';

/**
 * Finds what a key stands for: an id, the values of a natural key, or a representation. Undefined unless the key is
 * well-formed, something is known of it, and more of it is selected than its key fields.
 */
export type Find = (key: unknown) => Found | undefined;

/** A root field that answers tasks or jobs. */
export interface RootField {
  readonly isList: boolean;
  /** Whether the limit on references counts its keys, and not the one on ids. */
  readonly isReferences: boolean;
  /** What it asks for, from its arguments. */
  readonly toKeys: (args: Values) => readonly unknown[];
  /** @param needed the types of which more is selected than their key fields */
  readonly createFind: (needed: ReadonlySet<string>) => Find;
}

/** By name. */
export type RootFields = ReadonlyMap<string, RootField>;

export const createRootFields = (
  providers: readonly (Keyed & Pick<Provider, 'jobKind'>)[],
  { lookup, jobs }: Pick<Sources, 'lookup' | 'jobs'>,
): RootFields => {
  const jobKinds = new Map(
    providers.flatMap(({ jobKind }) => (jobKind ? [[jobKind.typename, jobKind]] : [])),
  );

  const findById: RootField['createFind'] = (needed) => (id) => {
    if (typeof id !== 'string') return undefined;
    const found = lookup.newest(id);
    return found && needed.has(found.typename) ? found : undefined;
  };

  const findByKey =
    (provider: Keyed): RootField['createFind'] =>
    (needed) => {
      const find = findById(needed);
      return (values) => find(toId(provider, values as Values));
    };

  const findJob =
    ({ typename }: JobKind): RootField['createFind'] =>
    (needed) =>
    (id) => {
      if (typeof id !== 'string' || !needed.has(typename)) return undefined;
      return jobs.get(typename)?.newest(id);
    };

  const findReference: RootField['createFind'] = (needed) => {
    const findOne = findById(needed);
    const findByKeys = new Map<string, Find>([
      ...providers.map((provider): [string, Find] => [provider.typename, findByKey(provider)(needed)]),
      ...[...jobKinds].map(([typename, kind]): [string, Find] => {
        const find = findJob(kind)(needed);
        return [typename, (representation) => find((representation as Values)[kind.keyField])];
      }),
    ]);
    return (representation) => {
      const { __typename: typename, id } = representation as Values;
      if (typeof typename !== 'string') return undefined;
      const found = typeof id === 'string' ? findOne(id) : undefined;
      if (found && (typename === found.typename || typename === 'MediaTask')) return found;
      // A reference to a task with an id is one to this id; jobs have none.
      const isByKey = typeof id !== 'string' || jobKinds.has(typename);
      return isByKey ? findByKeys.get(typename)?.(representation) : undefined;
    };
  };

  const toField = (
    isList: boolean,
    toKeys: RootField['toKeys'],
    createFind: RootField['createFind'],
    isReferences = false,
  ): RootField => ({ isList, isReferences, toKeys, createFind });
  const toList = (argument: string) => (args: Values) => args[argument] as readonly unknown[];

  return new Map([
    ['mediaTask', toField(false, ({ id }) => [id], findById)],
    ['mediaTasks', toField(true, toList('ids'), findById)],
    ['_entities', toField(true, toList('representations'), findReference, true)],
    ...providers.map((provider): [string, RootField] => [
      toRootField(provider.typename),
      toField(false, (args) => [args], findByKey(provider)),
    ]),
    ...[...jobKinds.values()].map((kind): [string, RootField] => [
      kind.rootField,
      toField(true, toList(kind.argument), findJob(kind)),
    ]),
  ]);
};

/** Undefined if a value is malformed, which is an error. */
const toId = (provider: Keyed, values: Values): string | undefined => {
  try {
    return toTaskRef(provider, values).id;
  } catch {
    return undefined;
  }
};
