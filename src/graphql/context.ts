import DataLoader from 'dataloader';
import type { Lookup } from '../lookup/lookup.ts';
import type { ProviderName, Task } from '../task.ts';
import type { TaskRef } from '../task-id.ts';

/** What resolvers of one request share. */
export interface Context {
  /** Loads a task through its provider's DataLoader: each distinct task is looked up once in a request. */
  readonly load: (ref: TaskRef) => Promise<Task>;
}

/** A context for one request. Its loaders must not outlive it: they never forget. */
export const createContext = (lookup: Lookup): Context => {
  const loaders = new Map<ProviderName, DataLoader<TaskRef, Task, string>>();
  const loaderOf = (provider: ProviderName) => {
    const known = loaders.get(provider);
    if (known) return known;
    const loader = new DataLoader(findEach(lookup), { cacheKeyFn: ({ id }: TaskRef) => id });
    loaders.set(provider, loader);
    return loader;
  };
  return { load: (ref) => loaderOf(ref.provider).load(ref) };
};

/** A bug met on one task is an error value, so that the others of the batch are still answered. */
const findEach = (lookup: Lookup) => (refs: readonly TaskRef[]) =>
  Promise.all(
    refs.map(async (ref, rank) => {
      try {
        return await lookup.find(ref, rank);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    }),
  );
