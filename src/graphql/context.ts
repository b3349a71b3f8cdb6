import DataLoader from 'dataloader';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Jobs } from '../lookup/jobs.ts';
import type { Lookup } from '../lookup/lookup.ts';
import type { Watchers } from '../subscriptions/followers.ts';
import { type CachePolicy, createCachePolicy } from './cache-policy.ts';

/** What resolvers of one request share. */
export interface Context {
  /** Loads a task through its provider's DataLoader: each distinct task is looked up once in a request. */
  readonly load: (ref: TaskRef) => Promise<Task>;
  /** Loads a job of a task by its type and id; jobs loaded together share calls to the vendor. */
  readonly loadJob: (typename: string, id: string) => Promise<Job>;
  /** How long the answer may be cached by gateways and clients. */
  readonly cachePolicy: CachePolicy;
  /** Follows tasks, for subscriptions. */
  readonly watch: Watchers['watch'];
}

/** What all requests share. */
export interface Sources {
  readonly lookup: Lookup;
  /** By the type of the jobs. */
  readonly jobs: ReadonlyMap<string, Jobs>;
  readonly watchers: Watchers;
}

/** A context for one request; its loaders keep all they have loaded, so it must not be shared by requests. */
export const createContext = ({ lookup, jobs, watchers }: Sources): Context => {
  const cachePolicy = createCachePolicy();
  const taskLoader = memoize(
    (_provider: ProviderName) =>
      new DataLoader(findEach(lookup, cachePolicy), { cacheKeyFn: ({ id }: TaskRef) => id }),
  );
  const jobLoader = memoize((typename: string) => {
    const kind = jobs.get(typename);
    if (!kind) throw new Error(`There are no jobs of type ${typename}.`);
    return new DataLoader(async (ids: readonly string[]) => {
      const found = await kind.find(ids);
      for (const [index, job] of found.entries()) {
        if (!(job instanceof Error)) cachePolicy.addJob(job, kind.freshUntil(ids[index] ?? ''));
      }
      return found;
    });
  });
  return {
    cachePolicy,
    watch: watchers.watch,
    load: (ref) => taskLoader(ref.provider).load(ref),
    loadJob: (typename, id) => jobLoader(typename).load(id),
  };
};

/** Creates each value once, on first use. */
const memoize = <Name, Value>(make: (name: Name) => Value): ((name: Name) => Value) => {
  const made = new Map<Name, Value>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = make(name);
    made.set(name, value);
    return value;
  };
};

/** An unexpected error is returned as a value, so that it fails only its own task of the batch. */
const findEach = (lookup: Lookup, cachePolicy: CachePolicy) => (refs: readonly TaskRef[]) =>
  Promise.all(
    refs.map(async (ref, rank) => {
      try {
        const task = await lookup.find(ref, rank);
        cachePolicy.addTask(task, lookup.freshUntil(ref));
        return task;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    }),
  );
