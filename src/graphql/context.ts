import DataLoader from 'dataloader';
import type { Clock } from '../domain/clock.ts';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Lookup } from '../lookup/lookup.ts';
import type { JobLookup, TaskLookup } from '../lookup/lookups.ts';
import type { Followers } from '../subscriptions/followers.ts';
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
  readonly follow: Followers['follow'];
}

/** What all requests share. */
export interface Sources {
  readonly lookup: TaskLookup;
  /** By the type of the jobs. */
  readonly jobs: ReadonlyMap<string, JobLookup>;
  readonly followers: Followers;
  readonly clock: Pick<Clock, 'elapsed'>;
}

let requests = 0;

/** A context for one request; its loaders keep all they have loaded, so it must not be shared by requests. */
export const createContext = ({ lookup, jobs, followers, clock }: Sources): Context => {
  const cachePolicy = createCachePolicy(clock);
  requests += 1;
  const caller = `request ${requests}`;
  const findTasks = findEach(lookup, caller, cachePolicy.addTask);
  const taskLoader = memoize(
    (_provider: ProviderName) => new DataLoader(findTasks, { cacheKeyFn: ({ id }: TaskRef) => id }),
  );
  const jobLoader = memoize((typename: string) => {
    const jobLookup = jobs.get(typename);
    if (!jobLookup) throw new Error(`There are no jobs of type ${typename}.`);
    return new DataLoader(findEach(jobLookup, caller, cachePolicy.addJob));
  });
  return {
    cachePolicy,
    follow: followers.follow,
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
const findEach =
  <Ref, Shown>(
    lookup: Lookup<Ref, Shown>,
    caller: string,
    addToCachePolicy: (shown: Shown, freshForMs: number) => void,
  ) =>
  (refs: readonly Ref[]): Promise<(Shown | Error)[]> => {
    const add = (ref: Ref, shown: Shown): Shown => {
      addToCachePolicy(shown, lookup.freshForMs(ref));
      return shown;
    };
    // Most are known, and need no promise.
    const find = (ref: Ref): Shown | Error | Promise<Shown | Error> => {
      try {
        const found = lookup.find(ref, caller);
        return found instanceof Promise ? found.then((shown) => add(ref, shown), toError) : add(ref, found);
      } catch (error) {
        return toError(error);
      }
    };
    return Promise.all(refs.map(find));
  };

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
