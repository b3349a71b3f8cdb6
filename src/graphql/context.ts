import DataLoader from 'dataloader';
import type { Clock } from '../domain/clock.ts';
import { countOutcome, type TaskOutcome, toTaskOutcome } from '../domain/events.ts';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Caller, JobLookup, Lookup, Newest, TaskLookup } from '../lookup/lookup.ts';
import type { Followers } from '../subscriptions/followers.ts';
import { type CachePolicy, createCachePolicy } from './cache-policy.ts';
import type { RequestRecord } from './request-record.ts';
import type { TimeSlices } from './time-slices.ts';

/** What resolvers of one request share. */
export interface Context {
  /** The task, at once if it is known; else each distinct task is looked up once in a request, by its provider's DataLoader. */
  readonly load: (ref: TaskRef) => Task | Promise<Task>;
  /** The same for a job of a task by its type and id; jobs loaded together share calls to the vendor. */
  readonly loadJob: (typename: string, id: string) => Job | Promise<Job>;
  /**
   * Counts an item of the answer that is known at once. Resolves when it may be completed, in a later turn of the event
   * loop; undefined: it may be now.
   */
  readonly turn: () => Promise<void> | undefined;
  /** Before the next step of the request, see `TimeSlices.pause`. */
  readonly pause: () => Promise<void> | undefined;
  /** How long the answer may be cached by gateways and clients. */
  readonly cachePolicy: CachePolicy;
  /** Follows tasks, for subscriptions: see `Followers.follow`. */
  readonly follow: (tasks: number, read: () => readonly TaskRef[]) => ReturnType<Followers['follow']>;
  /** Who asks. Its deadline is that of the whole request, however lookups are nested in it. */
  readonly caller: Caller;
  /** Notes what is answered. Absent: nobody listens. */
  readonly record?: RequestRecord | undefined;
}

/** What all requests share. */
export interface Sources {
  readonly lookup: TaskLookup;
  /** By the type of the jobs. */
  readonly jobs: ReadonlyMap<string, JobLookup>;
  readonly followers: Followers;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** How long a request may take, in ms. */
  readonly deadlineMs: number;
  /** Absent: answers are completed when they are there, however many come at the same time. */
  readonly slices?: TimeSlices;
}

/** Items of one request that are completed in one turn of the event loop: with every field, 100 tasks take 5 ms. */
const mostInOneTurn = 100;

/** Tasks and jobs that are looked up before it is seen whether there is time for more: so many take half a millisecond. */
const lookedUpAtOnce = 10;

let requests = 0;

/** Who asks with one request. See `createContext`. */
export const createCaller = (
  { clock, deadlineMs }: Pick<Sources, 'clock' | 'deadlineMs'>,
  record: RequestRecord | undefined,
  identity: string,
): Caller => {
  requests += 1;
  return {
    identity,
    request: `${requests}`,
    deadlineAt: clock.elapsed() + deadlineMs,
    trace: record?.client.trace,
  };
};

/**
 * A context for one request; its loaders keep all they have loaded, so it must not be shared by requests.
 * @param identity of the caller, with which it shares the vendors' quotas with others; empty when it is not known
 */
export const createContext = (
  sources: Sources,
  record?: RequestRecord | undefined,
  identity = '',
): Context => {
  const { lookup, jobs, followers, clock, slices } = sources;
  const cachePolicy = createCachePolicy(clock);
  const caller = createCaller(sources, record, identity);
  const sliceOwner = identity || caller;
  const pause = (): Promise<void> | undefined => slices?.pause(sliceOwner);
  let items = 0;
  let itemsTurn: Promise<void> | undefined;
  const answer = (shown: Task | Job, outcome: TaskOutcome, freshUntil: number): void => {
    cachePolicy.add(shown, outcome, freshUntil);
    if (record) countOutcome(record.tasks, outcome);
  };
  const takeFresh = <Shown extends Task | Job>(newest: Newest<Shown> | undefined): Shown | undefined => {
    const now = clock.elapsed();
    if (!newest || now >= newest.freshUntil) return undefined;
    answer(newest.shown, newest.outcome, newest.freshUntil);
    return newest.take(caller, now);
  };
  const turn = (): Promise<void> | undefined => {
    if (items > 0 && items % mostInOneTurn === 0) itemsTurn = slices?.next(sliceOwner);
    items += 1;
    return itemsTurn;
  };
  const inTurn = <Shown>(shown: Shown): Shown | Promise<Shown> => turn()?.then(() => shown) ?? shown;
  let awaitedTurn: Promise<void> | undefined;
  /** Resolves when answers that were waited for may be completed: together, all that have come by then. */
  const turnOfAwaited = (): Promise<void> | undefined => {
    awaitedTurn ??= slices?.next(sliceOwner)?.finally(() => {
      awaitedTurn = undefined;
    });
    return awaitedTurn;
  };
  const find = async <Ref, Shown extends Task | Job>(
    from: Lookup<Ref, Shown>,
    ref: Ref,
    id: string,
  ): Promise<Shown> => {
    const found = await from.find(ref, caller);
    await turnOfAwaited();
    answer(found, toTaskOutcome(found), from.newest(id)?.freshUntil ?? Number.NEGATIVE_INFINITY);
    return inTurn(found);
  };
  /** Finds each by itself: what is found is completed while others are waited for. */
  const createLoader = <Ref, Shown extends Task | Job>(
    from: Lookup<Ref, Shown>,
    toId: (ref: Ref) => string,
  ) =>
    new DataLoader(
      async (refs: readonly Ref[]): Promise<Finding<Shown>[]> => {
        const findings: Finding<Shown>[] = [];
        for (const ref of refs) {
          // The owner is asked only when the promises of the last ones are settled: that counts, too.
          if (findings.length > 0 && findings.length % lookedUpAtOnce === 0) await pause();
          findings.push({ found: find(from, ref, toId(ref)) });
        }
        return findings;
      },
      { cacheKeyFn: toId },
    );
  const taskLoader = memoize((_provider: ProviderName) => createLoader(lookup, ({ id }) => id));
  const jobLookupOf = (typename: string): JobLookup => {
    const jobLookup = jobs.get(typename);
    if (!jobLookup) throw new Error(`There are no jobs of type ${typename}.`);
    return jobLookup;
  };
  const jobLoader = memoize((typename: string) => createLoader(jobLookupOf(typename), (id) => id));
  return {
    cachePolicy,
    record,
    caller,
    follow: (tasks, read) => followers.follow(tasks, read, identity || `request ${caller.request}`),
    turn,
    pause,
    load: (ref) => {
      const known = takeFresh(lookup.newest(ref.id));
      return known ? inTurn(known) : taskLoader(ref.provider).load(ref).then(toFound);
    },
    loadJob: (typename, id) => {
      const known = takeFresh(jobLookupOf(typename).newest(id));
      return known ? inTurn(known) : jobLoader(typename).load(id).then(toFound);
    },
  };
};

/** What a DataLoader has for a task or job: it would keep a whole batch waiting for a promise. */
interface Finding<Shown> {
  readonly found: Promise<Shown>;
}

const toFound = <Shown>({ found }: Finding<Shown>): Promise<Shown> => found;

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
