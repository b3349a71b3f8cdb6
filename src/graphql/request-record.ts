import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Emit, OutcomeCounts, RequestFinished, TraceParent, Transport } from '../domain/events.ts';

/** Who sends a request, as far as it says so itself. */
export interface Client {
  readonly transport: Transport;
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
  /** Of the operation's own span; without tracing, what the client sent. */
  readonly trace?: TraceParent | undefined;
}

/** What is noted of a request while it is answered, for the event at its end. */
export interface RequestRecord {
  readonly client: Client;
  tasks: OutcomeCounts;
  operation: string | undefined;
  /** Undefined as long as nothing has been executed. */
  outcome: RequestFinished['outcome'] | undefined;
  isFastLane: boolean;
}

export const createRecord = (client: Client): RequestRecord => ({
  client,
  tasks: {},
  operation: undefined,
  outcome: undefined,
  isFastLane: false,
});

type Codes = Readonly<Pick<GraphQLFormattedError, 'extensions'>>;

/** @param errors of an answer */
export const toRequestOutcome = (errors: readonly Codes[] | undefined): RequestFinished['outcome'] => {
  if (!errors || errors.length === 0) return 'ok';
  const isOwn = errors.some(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR');
  return isOwn ? 'error' : 'invalid';
};

/** Tells of the first error that refuses a client because of a limit. */
export const reportLimit = (emit: Emit, transport: Transport, errors: readonly Codes[] | undefined): void => {
  const limit = errors?.find(({ extensions }) => extensions?.limit !== undefined)?.extensions?.limit;
  if (limit !== undefined) emit({ kind: 'request-refused', transport, rule: 'limit', limit: String(limit) });
};

/** Notes what Apollo Server learns of each request in its record. */
export const createRecordPlugin = (
  emit: Emit,
): ApolloServerPlugin<BaseContext & { readonly record?: RequestRecord | undefined }> => ({
  contextCreationDidFail: async ({ error }) => {
    if (error instanceof GraphQLError) reportLimit(emit, 'http', [error]);
  },
  requestDidStart: async ({ contextValue: { record } }) => {
    if (!record) return;
    return {
      didResolveOperation: async ({ operationName }) => {
        record.operation = operationName ?? undefined;
      },
      willSendResponse: async ({ response: { body } }) => {
        if (body.kind !== 'single') return;
        const { errors } = body.singleResult;
        record.outcome = toRequestOutcome(errors);
        reportLimit(emit, record.client.transport, errors);
      },
    };
  },
});
