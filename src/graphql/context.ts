import DataLoader from 'dataloader';
import type { Lookup } from '../lookup/lookup.ts';
import type { Watchers } from '../lookup/watchers.ts';
import type { ProviderName, Task } from '../task.ts';
import type { TaskRef } from '../task-id.ts';
import { type CacheTally, createCacheTally } from './cache-tally.ts';

/** What resolvers of one request share. */
export interface Context {
  /** Loads a task through its provider's DataLoader: each distinct task is looked up once in a request. */
  readonly load: (ref: TaskRef) => Promise<Task>;
  /** How long the answer may be kept by those who pass it on. */
  readonly cacheTally: CacheTally;
  /** Follows tasks, for subscriptions. */
  readonly watch: Watchers['watch'];
}

/** What all requests share. */
export interface Sources {
  readonly lookup: Lookup;
  readonly watchers: Watchers;
}

/** A context for one request. Its loaders must not outlive it: they never forget. */
export const createContext = ({ lookup, watchers }: Sources): Context => {
  const cacheTally = createCacheTally();
  const loaders = new Map<ProviderName, DataLoader<TaskRef, Task, string>>();
  const loaderOf = (provider: ProviderName) => {
    const known = loaders.get(provider);
    if (known) return known;
    const loader = new DataLoader(findEach(lookup, cacheTally), { cacheKeyFn: ({ id }: TaskRef) => id });
    loaders.set(provider, loader);
    return loader;
  };
  return { cacheTally, watch: watchers.watch, load: (ref) => loaderOf(ref.provider).load(ref) };
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
