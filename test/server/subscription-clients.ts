import { createClient as createEventClient, type RequestParams } from 'graphql-sse';
import { createClient as createWebSocketClient, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { AnswerError } from '../support/stack.ts';

/** The fields of a task that the tests select. */
export interface UpdatedTask {
  readonly id: string;
  readonly status: string | null;
  readonly progress: number | null;
  readonly isFinal: boolean | null;
  readonly problem: { readonly code: string } | null;
}

export interface Update {
  readonly data?: { readonly mediaTaskUpdates: UpdatedTask } | null;
  readonly errors?: readonly AnswerError[];
}

export const updatesQuery = `subscription ($ids: [ID!]!) {
  mediaTaskUpdates(ids: $ids) { id status progress isFinal problem { code } }
}`;

export const updatesOf = (...ids: string[]): SubscribePayload => ({
  query: updatesQuery,
  variables: { ids },
});

/** One subscription, at its client. */
export interface ClientSubscription {
  /** All updates so far. */
  readonly updates: readonly Update[];
  /** The tasks in the updates so far. */
  tasks(): readonly UpdatedTask[];
  /** Resolves when the server ends it: to "complete", or to the error with which it ended. */
  readonly ended: Promise<unknown>;
  /** Resolves once there are so many updates. @throws Error when it ends before */
  atLeast(count: number): Promise<readonly Update[]>;
  unsubscribe(): void;
}

interface Sink {
  next(update: Update): void;
  error(error: unknown): void;
  complete(): void;
}

const observe = (subscribe: (sink: Sink) => () => void): ClientSubscription => {
  const updates: Update[] = [];
  const listeners = new Set<() => void>();
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const unsubscribe = subscribe({
    next: (update) => {
      updates.push(update);
      for (const listener of listeners) listener();
    },
    error: resolve,
    complete: () => resolve('complete'),
  });
  return {
    updates,
    ended,
    unsubscribe,
    tasks: () => updates.flatMap(({ data }) => (data ? [data.mediaTaskUpdates] : [])),
    atLeast: (count) =>
      new Promise((found, reject) => {
        const look = () => {
          if (updates.length >= count) found(updates);
        };
        listeners.add(look);
        look();
        ended.then((how) => reject(new Error(`Ended after ${updates.length}: ${JSON.stringify(how)}`)));
      }),
  };
};

/** Subscriptions over graphql-transport-ws that share one connection. */
export interface WebSocketClient {
  subscribe(payload: SubscribePayload): ClientSubscription;
  /** Resolves to the code and reason with which the connection was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export const openWebSocket = (
  url: string,
  { path = '/graphql', headers = {}, connectionParams = {} } = {},
): WebSocketClient => {
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  const client = createWebSocketClient({
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
    subscribe: (payload) =>
      observe((sink) => client.subscribe<Update['data'], never>(payload, sink as never)),
    close: () => void client.dispose(),
  };
};

/** One subscription over server-sent events, by the reference client. */
export const subscribeByEvents = (
  url: string,
  payload: SubscribePayload,
  headers: Readonly<Record<string, string>> = {},
): ClientSubscription => {
  const client = createEventClient({ url: `${url}/graphql`, headers, retryAttempts: 0 });
  return observe((sink) => client.subscribe<Update['data'], never>(payload as RequestParams, sink as never));
};

/** Opens clients, and closes the remaining ones after each test. */
export interface ClientPool {
  webSocket(options?: Parameters<typeof openWebSocket>[1]): WebSocketClient;
  events(payload: SubscribePayload, headers?: Readonly<Record<string, string>>): ClientSubscription;
  /** Each transport by its name, with a function that subscribes over a connection of its own. */
  readonly transports: readonly (readonly [
    name: string,
    (payload: SubscribePayload) => ClientSubscription,
  ])[];
  closeAll(): void;
}

/** @param url the server's, once it listens */
export const createClientPool = (url: () => string): ClientPool => {
  const open: (() => void)[] = [];
  const webSocket: ClientPool['webSocket'] = (options) => {
    const client = openWebSocket(url(), options);
    open.push(client.close);
    return client;
  };
  const events: ClientPool['events'] = (payload, headers) => {
    const subscription = subscribeByEvents(url(), payload, headers);
    open.push(subscription.unsubscribe);
    return subscription;
  };
  return {
    webSocket,
    events,
    transports: [
      ['a WebSocket', (payload) => webSocket().subscribe(payload)],
      ['server-sent events', (payload) => events(payload)],
    ],
    closeAll: () => {
      for (const close of open.splice(0)) close();
    },
  };
};
