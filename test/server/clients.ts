import { createClient as createEventClient, type RequestParams } from 'graphql-sse';
import { createClient as createSocketClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { AnswerError } from '../support/stack.ts';

/** What the tests select of a task. */
export interface LiveTask {
  readonly id: string;
  readonly status: string | null;
  readonly progress: number | null;
  readonly isFinal: boolean | null;
  readonly problem: { readonly code: string } | null;
}

export interface Update {
  readonly data?: { readonly mediaTaskUpdates: LiveTask } | null;
  readonly errors?: readonly AnswerError[];
}

export const updatesQuery = `subscription ($ids: [ID!]!) {
  mediaTaskUpdates(ids: $ids) { id status progress isFinal problem { code } }
}`;

export const updatesOf = (...ids: string[]): SubscribePayload => ({
  query: updatesQuery,
  variables: { ids },
});

/** What came of one subscription, while it lasts and after. */
export interface Following {
  readonly updates: readonly Update[];
  /** The tasks in the updates so far. */
  tasks(): readonly LiveTask[];
  /** Resolves when it has ended by itself, to "complete", or to what it ended with instead. */
  readonly ended: Promise<unknown>;
  /** Resolves once there are so many updates. @throws Error when it ends before */
  atLeast(count: number): Promise<readonly Update[]>;
  /** Ends it from the client's side. */
  leave(): void;
}

interface Sink {
  next(update: Update): void;
  error(error: unknown): void;
  complete(): void;
}

const follow = (subscribe: (sink: Sink) => () => void): Following => {
  const updates: Update[] = [];
  const waiting = new Set<() => void>();
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const leave = subscribe({
    next: (update) => {
      updates.push(update);
      for (const look of waiting) look();
    },
    error: resolve,
    complete: () => resolve('complete'),
  });
  return {
    updates,
    ended,
    leave,
    tasks: () => updates.flatMap(({ data }) => (data ? [data.mediaTaskUpdates] : [])),
    atLeast: (count) =>
      new Promise((found, reject) => {
        const look = () => {
          if (updates.length >= count) found(updates);
        };
        waiting.add(look);
        look();
        ended.then((how) => reject(new Error(`Ended after ${updates.length}: ${JSON.stringify(how)}`)));
      }),
  };
};

/** Subscriptions that share one connection, over graphql-transport-ws. */
export interface SocketClient {
  follow(payload: SubscribePayload): Following;
  /** Resolves to the code and reason with which the connection was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export const openSocket = (
  url: string,
  { path = '/graphql', headers = {}, connectionParams = {} } = {},
): SocketClient => {
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  const client = createSocketClient({
    url: url.replace('http', 'ws') + path,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    },
    retryAttempts: 0,
    connectionParams,
    // Long enough for a test's next subscription to share the connection.
    lazyCloseTimeout: 300,
    on: {
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        resolve({ code, reason });
      },
    },
  });
  return {
    closed,
    follow: (payload) => follow((sink) => client.subscribe<Update['data'], never>(payload, sink as never)),
    close: () => void client.dispose(),
  };
};

/** One subscription over server-sent events, by the client that is made for them. */
export const followEvents = (
  url: string,
  payload: SubscribePayload,
  headers: Readonly<Record<string, string>> = {},
): Following => {
  const client = createEventClient({ url: `${url}/graphql`, headers, retryAttempts: 0 });
  return follow((sink) => client.subscribe<Update['data'], never>(payload as RequestParams, sink as never));
};
