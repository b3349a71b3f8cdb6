import { CombinedGraphQLErrors } from '@apollo/client';
import {
  skipToken,
  useApolloClient,
  useFragment,
  useQuery,
  useReactiveVar,
  useSubscription,
} from '@apollo/client/react';
import { useEffect } from 'react';
import { isConnected } from './client.ts';
import {
  TaskIdsDocument,
  type TaskIdsQuery,
  type TaskRowFragment,
  TaskRowFragmentDoc,
  TasksDocument,
  TaskUpdatesDocument,
} from './gql/graphql.ts';
import { poll } from './poll.ts';

/** What is known of a task at once, and what its vendor has to be asked for. */
export type LiveTask = NonNullable<TaskIdsQuery['mediaTasks'][number]> & Partial<TaskRowFragment>;

/** The subscription sends no change that is none to the task: that it was asked for again, or that it could not be. */
const renewMs = 5_000;
const pollMs = 1_000;

/** Keeps the tasks of these ids in the cache as they are right now. */
export const useLiveTasks = (ids: readonly string[]) => {
  const client = useApolloClient();
  const { data, previousData, error } = useQuery(TaskIdsDocument, { variables: { ids }, errorPolicy: 'all' });
  const refs = (data ?? previousData)?.mediaTasks.filter((task) => task !== null) ?? [];

  const variables = { ids: refs.map(({ id }) => id) };
  const updates = useSubscription(
    TaskUpdatesDocument,
    refs.length > 0 ? { variables, ignoreResults: true } : skipToken,
  );
  const isLive = useReactiveVar(isConnected) && !updates.error;

  useEffect(() => {
    const options = { variables: { ids }, errorPolicy: 'all', fetchPolicy: 'network-only' } as const;
    const ask = async () => (await client.query({ query: TasksDocument, ...options })).data?.mediaTasks;
    return poll(ask, isLive ? renewMs : pollMs);
  }, [client, ids, isLive]);

  const { data: rows } = useFragment({ fragment: TaskRowFragmentDoc, fragmentName: 'TaskRow', from: refs });
  // Before the first answer, a row has only what the ids were checked with.
  const tasks = rows as readonly (TaskRowFragment | null)[] as readonly LiveTask[];
  return { tasks, isLive, mistakes: toMessages(error) };
};

/** The texts of the server's errors. */
export const toMessages = (error: unknown): string[] => {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message);
  return error ? ['The server cannot be reached.'] : [];
};
