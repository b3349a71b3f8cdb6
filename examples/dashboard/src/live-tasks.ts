import { CombinedGraphQLErrors } from '@apollo/client';
import { useFragment, useQuery, useReactiveVar, useSubscription } from '@apollo/client/react';
import { useEffect, useMemo } from 'react';
import { client, isConnected } from './client.ts';
import {
  TaskIdsDocument,
  type TaskIdsQuery,
  type TaskRowFragment,
  TaskRowFragmentDoc,
  TasksDocument,
  TaskUpdatesDocument,
} from './gql/graphql.ts';

/** What is known of a task at once, and what its vendor has to be asked for. */
export type LiveTask = NonNullable<TaskIdsQuery['mediaTasks'][number]> & Partial<TaskRowFragment>;

/** The subscription sends no change that is none to the task: that it was asked for again, or that it could not be. */
const renewMs = 5_000;
const pollMs = 1_000;

/** Keeps the tasks of these ids in the cache as they are right now. */
export const useLiveTasks = (ids: readonly string[]) => {
  const { data, previousData, error } = useQuery(TaskIdsDocument, { variables: { ids }, errorPolicy: 'all' });
  const known = (data ?? previousData)?.mediaTasks;
  const refs = useMemo(() => known?.filter((task) => task !== null) ?? [], [known]);

  const variables = { ids: refs.map(({ id }) => id) };
  const options = { variables, skip: refs.length === 0, ignoreResults: true };
  const updates = useSubscription(TaskUpdatesDocument, options);
  const isLive = useReactiveVar(isConnected) && !updates.error;

  useEffect(() => {
    // A request for each vendor: an answer is sent when its last task is there, and one vendor may let it wait.
    const groups = Map.groupBy(refs, ({ provider }) => provider).values();
    const ends = Array.from(groups, (group) => poll(group, isLive ? renewMs : pollMs));
    return () => {
      for (const end of ends) end();
    };
  }, [refs, isLive]);

  const { data: rows } = useFragment({ fragment: TaskRowFragmentDoc, fragmentName: 'TaskRow', from: refs });
  // Before the first answer, a row has only what the ids were checked with.
  const tasks = rows as readonly (TaskRowFragment | null)[] as readonly LiveTask[];
  return { tasks, isLive, mistake: toMessage(error) };
};

/**
 * Asks for tasks, and again when the soonest of them can have changed, until none can.
 * @param leastMs between two questions, and before the first
 * @returns a function that ends it
 */
const poll = (refs: readonly { readonly id: string }[], leastMs: number): (() => void) => {
  const variables = { ids: refs.map(({ id }) => id) };
  const options = { variables, errorPolicy: 'all', fetchPolicy: 'network-only' } as const;
  let timer = setTimeout(run, leastMs);
  let isOver = false;
  async function run(): Promise<void> {
    const { data } = await client.query({ query: TasksDocument, ...options });
    const delays = data ? data.mediaTasks.flatMap((task) => task?.nextPollAfterMs ?? []) : [leastMs];
    if (!isOver && delays.length > 0) timer = setTimeout(run, Math.max(leastMs, Math.min(...delays)));
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};

/** What the server says is wrong with the ids; empty: nothing. */
export const toMessage = (error: unknown): string =>
  CombinedGraphQLErrors.is(error) ? error.errors.map(({ message }) => message).join(' ') : '';
