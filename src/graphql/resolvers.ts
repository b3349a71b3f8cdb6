import type { GraphQLResolveInfo } from 'graphql';
import { InvalidInputError } from '../domain/errors.ts';
import type { JobKind, Provider } from '../domain/provider.ts';
import type { Job, Task, TaskIdentity } from '../domain/task.ts';
import {
  decodeTaskId,
  type Keyed,
  readKeyText,
  type TaskRef,
  toIdentity,
  toTaskRef,
} from '../domain/task-id.ts';
import type { MediaTaskProviderInfo } from '../generated/model.ts';
import type {
  MediaTaskResolvers,
  QueryResolvers,
  Resolvers,
  SubscriptionResolvers,
} from '../generated/resolvers.ts';
import type { Context } from './context.ts';
import { badUserInput, readInput } from './errors.ts';
import { selectsOnly } from './selection.ts';

export interface ResolverOptions {
  readonly providers: readonly (Keyed & Pick<Provider, 'jobKind'>)[];
  /** Called for each query: the circuit breakers' states change. */
  readonly describeProviders: () => readonly MediaTaskProviderInfo[];
  readonly maxIdsPerQuery: number;
  readonly maxRepresentations: number;
}

/** The fields of each type that follow from a task's id, or a job's: they are answered without a lookup. */
export const toKeyNames = (
  providers: ResolverOptions['providers'],
): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    providers.flatMap(({ typename, keyFields, jobKind }): [string, Set<string>][] => [
      [typename, new Set(['id', 'provider', ...keyFields.map(({ name }) => name)])],
      ...(jobKind ? [[jobKind.typename, new Set([jobKind.keyField])] as [string, Set<string>]] : []),
    ]),
  );

type Typename = ReturnType<MediaTaskResolvers['__resolveType']> & string;

/** The resolver map. Root fields and reference resolvers of the providers' types are derived from the registry. */
export const createResolvers = ({
  providers,
  describeProviders,
  maxIdsPerQuery,
}: ResolverOptions): Resolvers => {
  const byTypename = new Map(providers.map((provider) => [provider.typename, provider]));
  const keyNames = toKeyNames(providers);

  /** A selection of key fields only is answered from the key itself, without a lookup. */
  const resolve = (
    ref: TaskRef,
    context: Context,
    info: GraphQLResolveInfo,
  ): TaskIdentity | Task | Promise<Task> =>
    selectsOnly(info, ref.typename, keyNames.get(ref.typename) ?? new Set())
      ? toIdentity(ref)
      : context.load(ref);

  const resolveId = (id: string, context: Context, info: GraphQLResolveInfo) =>
    resolve(
      readInput(() => decodeTaskId(providers, id)),
      context,
      info,
    );

  const resolveReference =
    (typename: string) => (reference: object, context: Context, info: GraphQLResolveInfo) =>
      resolve(
        readInput(() => toReferenceRef(typename, reference as Readonly<Record<string, unknown>>)),
        context,
        info,
      );

  const toReferenceRef = (typename: string, reference: Readonly<Record<string, unknown>>): TaskRef => {
    const provider = byTypename.get(typename);
    if (typeof reference.id !== 'string' && provider) return toTaskRef(provider, reference);
    if (typeof reference.id !== 'string')
      throw new InvalidInputError(`A ${typename} is referred to by its id.`);
    const ref = decodeTaskId(providers, reference.id);
    if (provider && ref.typename !== typename) {
      throw new InvalidInputError(
        `The id ${JSON.stringify(ref.id)} is of a ${ref.typename}, not of a ${typename}.`,
      );
    }
    return ref;
  };

  const naturalKeyFields = Object.fromEntries(
    providers.map((provider) => [
      toRootField(provider.typename),
      (
        _source: unknown,
        args: Readonly<Record<string, unknown>>,
        context: Context,
        info: GraphQLResolveInfo,
      ) =>
        whenTime(context, () =>
          resolve(
            readInput(() => toTaskRef(provider, args)),
            context,
            info,
          ),
        ),
    ]),
  );

  const jobKinds = providers.flatMap(({ jobKind }) => jobKind ?? []);

  const resolveJob = (
    { typename, keyField, separator }: JobKind,
    value: unknown,
    context: Context,
    info: GraphQLResolveInfo,
  ): object | Promise<Job> => {
    const name = `${typename}.${keyField}`;
    const id = readInput(() => readKeyText(name, value));
    if (id.includes(separator)) throw badUserInput(`${name} must not hold "${separator}".`);
    return selectsOnly(info, typename, keyNames.get(typename) ?? new Set())
      ? { __typename: typename, [keyField]: id }
      : context.loadJob(typename, id);
  };

  const jobFields = Object.fromEntries(
    jobKinds.map((kind) => [
      kind.rootField,
      (
        _source: unknown,
        args: Readonly<Record<string, string[]>>,
        context: Context,
        info: GraphQLResolveInfo,
      ) => {
        const ids = args[kind.argument] ?? [];
        refuseTooMany(ids);
        return whenTime(context, () =>
          ids.map((id) => settle(context, () => resolveJob(kind, id, context, info))),
        );
      },
    ]),
  );

  const jobReferences = Object.fromEntries(
    jobKinds.map((kind) => [
      kind.typename,
      {
        __resolveReference: (reference: object, context: Context, info: GraphQLResolveInfo) =>
          resolveJob(kind, (reference as Readonly<Record<string, unknown>>)[kind.keyField], context, info),
      },
    ]),
  );

  const refuseTooMany = (ids: readonly string[]): void => {
    if (ids.length <= maxIdsPerQuery) return;
    throw badUserInput(`ids holds ${ids.length} ids: ask for at most ${maxIdsPerQuery} at once.`);
  };

  const query: QueryResolvers = {
    mediaTask: (_source, { id }, context, info) => resolveId(id, context, info),
    mediaTasks: (_source, { ids }, context, info) => {
      refuseTooMany(ids);
      return whenTime(context, () => ids.map((id) => settle(context, () => resolveId(id, context, info))));
    },
    mediaTaskProviders: (_source, _args, { cachePolicy }) => {
      cachePolicy.forbidStorage();
      return describeProviders();
    },
  };

  const subscription: SubscriptionResolvers = {
    mediaTaskUpdates: {
      subscribe: (_source, { ids }, { follow }) => {
        refuseTooMany(ids);
        return readInput(() => follow(ids.length, () => ids.map((id) => decodeTaskId(providers, id))));
      },
      resolve: (update: Task | Error) => {
        if (update instanceof Error) throw update;
        return update;
      },
    },
  };

  const mediaTask: MediaTaskResolvers = {
    __resolveType: ({ __typename }) => __typename as Typename,
    __resolveReference: resolveReference('MediaTask'),
  };

  const references = Object.fromEntries(
    providers.map(({ typename }) => [typename, { __resolveReference: resolveReference(typename) }]),
  );

  return {
    Query: { ...naturalKeyFields, ...jobFields, ...query },
    Subscription: subscription,
    MediaTask: mediaTask,
    ...references,
    ...jobReferences,
  };
};

/** `WebCastTask` → `webCastTask`. */
export const toRootField = (typename: string): string =>
  `${typename.charAt(0).toLowerCase()}${typename.slice(1)}`;

/** Does the work of a root field, of which an operation may have hundreds: at once if there is time, else when it is its turn. */
const whenTime = <Result>({ pause }: Context, work: () => Result): Result | Promise<Awaited<Result>> => {
  const turn = pause();
  return turn ? (turn.then(work) as Promise<Awaited<Result>>) : work();
};

/** A rejected item is reported at its own path and nulls no other item of the list. */
export const settle = <Item>({ turn }: Context, makeItem: () => Item): Item | Promise<never> => {
  try {
    return makeItem();
  } catch (error) {
    return (turn() ?? Promise.resolve()).then(() => Promise.reject(error));
  }
};
