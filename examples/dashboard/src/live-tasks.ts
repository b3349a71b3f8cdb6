import { CombinedGraphQLErrors } from '@apollo/client';
import { skipToken, useApolloClient, useFragment, useQuery, useSubscription } from '@apollo/client/react';
import { useEffect, useMemo, useState } from 'react';
import { useConnected } from './client.ts';
import type {
  IdentifyTasksQuery,
  MediaTaskProvider,
  TaskRowFragment,
  TaskStateFragment,
  WatchTasksSubscription,
} from './gql/graphql.ts';
import { askTasks, identifyTasks, taskDue, taskRow, taskState, watchTasks } from './operations.ts';

/** A task of which only the id is known. */
export type TaskRef = NonNullable<IdentifyTasksQuery['mediaTasks'][number]>;

export interface LiveTasks {
  readonly refs: readonly TaskRef[];
  /** By the position in `refs`; undefined until the first answer. */
  readonly states: readonly (TaskStateFragment | undefined)[];
  /** Whether changes arrive by themselves; otherwise the tasks are asked for, each when it says. */
  readonly isLive: boolean;
  /** What the server says of ids that it cannot read. */
  readonly mistakes: readonly string[];
}

/**
 * While changes arrive by themselves, a task is still asked for, this much later than it says: `fetchedAt`, `stale` and
 * when a problem is tried again are not sent alone. In ms.
 */
const renewMs = 5_000;

/** Tasks of one vendor that are asked for at once. */
const mostAtOnce = 25;

/** How often the page is rendered anew at most, in ms. */
const renderMs = 100;

const noTasks: readonly TaskRef[] = [];

/** Keeps the tasks of these ids in the cache as they are right now. Rows read them from there. */
export const useLiveTasks = (ids: readonly string[]): LiveTasks => {
  const identified = useQuery(identifyTasks, { variables: { ids }, errorPolicy: 'all' });
  const { data, previousData, error, refetch } = identified;
  const known = (data ?? previousData)?.mediaTasks;
  const refs = useMemo(() => known?.filter((task) => task !== null) ?? noTasks, [known]);
  const { data: partial } = useFragment({ fragment: taskState, from: [...refs] });
  const states = useMemo(
    () => partial.map((state) => (state?.status === undefined ? undefined : (state as TaskStateFragment))),
    [partial],
  );
  const arrived = useArrived();
  const isLive = useChanges(refs, arrived);
  usePolling(refs, arrived, isLive);
  const isUnknown = data === undefined && error !== undefined;
  useEffect(() => {
    if (isLive && isUnknown) void refetch();
  }, [isLive, isUnknown, refetch]);
  return { refs, states, isLive, mistakes: toMessages(error) };
};

/** What is put into this list is written into the cache, all at once: each time, the page is rendered anew. */
const useArrived = (): TaskRowFragment[] => {
  const { cache } = useApolloClient();
  const [arrived] = useState<TaskRowFragment[]>([]);
  useEffect(() => {
    const write = (data: TaskRowFragment): unknown =>
      cache.writeFragment({ fragment: taskRow, fragmentName: 'TaskRow', data });
    const timer = setInterval(() => {
      const tasks = arrived.splice(0);
      if (tasks.length > 0) cache.batch({ update: () => tasks.forEach(write) });
    }, renderMs);
    return () => clearInterval(timer);
  }, [cache, arrived]);
  return arrived;
};

/** Subscribes to the tasks. @returns whether changes arrive */
const useChanges = (refs: readonly TaskRef[], arrived: TaskRowFragment[]): boolean => {
  const isConnected = useConnected();
  const [refused, setRefused] = useState<readonly TaskRef[]>();
  const options = {
    variables: { ids: refs.map(({ id }) => id) },
    fetchPolicy: 'no-cache',
    ignoreResults: true,
    onData: ({ data: { data } }) => data && arrived.push(data.mediaTaskUpdates),
    onError: () => setRefused(refs),
  } satisfies useSubscription.Options<WatchTasksSubscription>;
  useSubscription(watchTasks, refs.length > 0 ? options : skipToken);
  return isConnected && refused !== refs;
};

/**
 * Asks for each task when it says that there is something new. One request for each vendor at a time, so that a slow
 * one delays no other. The server answers from memory: this costs no call to a vendor.
 */
const usePolling = (refs: readonly TaskRef[], arrived: TaskRowFragment[], isLive: boolean): void => {
  const client = useApolloClient();
  useEffect(() => {
    const asking = new Set<MediaTaskProvider>();

    /** When to ask for a task, in ms since 1970; null: never. */
    const dueAt = (from: TaskRef): number | null => {
      const task = client.cache.readFragment({ fragment: taskDue, from });
      if (!task) return isLive ? null : 0;
      return task.nextPollAt === null ? null : task.nextPollAt + (isLive && !task.problem ? renewMs : 0);
    };

    const ask = async (provider: MediaTaskProvider, ids: string[]): Promise<void> => {
      asking.add(provider);
      try {
        const { data } = await client.query({ query: askTasks, variables: { ids }, fetchPolicy: 'no-cache' });
        arrived.push(...(data?.mediaTasks.filter((task) => task !== null) ?? []));
      } catch {
        // The server is away: the next tick asks again.
      } finally {
        asking.delete(provider);
      }
    };

    const timer = setInterval(() => {
      const due = refs
        .map((ref) => ({ ...ref, at: dueAt(ref) }))
        .filter(({ at, provider }) => at !== null && at < Date.now() && !asking.has(provider))
        .sort((a, b) => Number(a.at) - Number(b.at));
      for (const [provider, tasks] of Map.groupBy(due, ({ provider }) => provider)) {
        const ids = tasks.map(({ id }) => id);
        void ask(provider, ids.slice(0, mostAtOnce));
      }
    }, 1_000);
    return () => clearInterval(timer);
  }, [client, refs, arrived, isLive]);
};

/** The texts of the server's errors. */
export const toMessages = (error: unknown): string[] => {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message);
  return error ? ['The server cannot be reached.'] : [];
};
