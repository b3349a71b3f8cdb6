import DataLoader from 'dataloader';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { JobLookup, TaskLookup } from '../lookup/lookups.ts';
import type { Followers } from '../subscriptions/followers.ts';
import { type CacheTally, createCacheTally } from './cache-tally.ts';

/** What resolvers of one request share. */
export interface Context {
  /** Loads a task through its provider's DataLoader: each distinct task is looked up once in a request. */
  readonly load: (ref: TaskRef) => Promise<Task>;
  /** Loads a job of a task by its type and id; those asked for together share calls to the vendor. */
  readonly loadJob: (typename: string, id: string) => Promise<Job>;
  /** How long the answer may be kept by those who pass it on. */
  readonly cacheTally: CacheTally;
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

/** A context for one request. Its loaders must not outlive it: they never forget. */
export const createContext = ({ lookup, jobs, watchers }: Sources): Context => {
  const cacheTally = createCacheTally();
  const taskLoader = memoize(
    (_provider: ProviderName) =>
      new DataLoader(findEach(lookup, cacheTally), { cacheKeyFn: ({ id }: TaskRef) => id }),
  );
  const jobLoader = memoize((typename: string) => {
    const kind = jobs.get(typename);
    if (!kind) throw new Error(`There are no jobs of type ${typename}.`);
    return new DataLoader(async (ids: readonly string[]) => {
      const found = await kind.find(ids);
      for (const [place, job] of found.entries()) {
        if (!(job instanceof Error)) cacheTally.countJob(job, kind.freshUntil(ids[place] ?? ''));
      }
      return found;
    });
  });
  return {
    cacheTally,
    watch: watchers.watch,
    load: (ref) => taskLoader(ref.provider).load(ref),
    loadJob: (typename, id) => jobLoader(typename).load(id),
  };
};

/** Makes each value once, when it is first asked for. */
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

/** A bug met on one task is an error value, so that the others of the batch are still answered. */
const findEach = (lookup: Lookup, cacheTally: CacheTally) => (refs: readonly TaskRef[]) =>
  Promise.all(
    refs.map(async (ref, rank) => {
      try {
        const task = await lookup.find(ref, rank);
        cacheTally.countTask(task, lookup.freshUntil(ref));
        return task;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    }),
  );
