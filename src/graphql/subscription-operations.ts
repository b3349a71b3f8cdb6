import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type DocumentNode,
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { parseWithin, tooLarge } from './admission.ts';
import { maxAnswerBytes, restOf } from './answer-size.ts';
import type { Context } from './context.ts';
import { badUserInput, type ToPublicError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Client } from './request-record.ts';
import { createSubscriptionDocuments, onEnd } from './subscription-documents.ts';
import type { Asked, SubscriptionEvents } from './subscription-events.ts';
import type { SliceOwner, TimeSlices } from './time-slices.ts';

/** What a client sends to start a subscription. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A result as the executor made it: its errors may hold internals. */
export interface InternalResult {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** Who subscribes, and what its connection holds already. */
export interface Subscriber {
  readonly client: Client;
  /** See `createContext`. */
  readonly identity: string;
  readonly connection: Connection;
}

/** Counted here for as long as the subscriptions are open. */
export interface Connection {
  followedIds: number;
}

/** Prepares subscriptions for execution, and their results for clients, the same for every transport. */
export interface SubscriptionOperations {
  /** Whether the request can be parsed and names a subscription. */
  isSubscription(request: Partial<SubscriptionRequest>): boolean;
  /** What to execute, or the client's mistakes. */
  prepare(request: SubscriptionRequest, subscriber: Subscriber): ExecutionArgs | readonly GraphQLError[];
  /** The result with errors that clients may see. */
  toPublicResult(result: InternalResult): FormattedExecutionResult;
}

export interface SubscriptionOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: (identity: string) => Context;
  readonly toPublicError: ToPublicError;
  readonly limits: Limits;
  readonly slices: TimeSlices;
  /** Absent: nobody listens. */
  readonly events?: SubscriptionEvents | undefined;
}

export const createSubscriptionOperations = ({
  schema,
  createContext,
  toPublicError,
  limits,
  slices,
  events,
}: SubscriptionOperationsOptions): SubscriptionOperations => {
  const documents = createSubscriptionDocuments(schema, limits);

  /** The context of one subscription, which counts as open as long as it follows tasks. */
  const createHeldContext = (
    document: DocumentNode,
    characters: number,
    asked: Asked,
    { identity, connection }: Subscriber,
  ): Context => {
    const context = createContext(identity);
    return {
      ...context,
      follow: (tasks, read) => {
        if (connection.followedIds + tasks > limits.followedIds) {
          throw tooLarge('followedIds', limits.followedIds);
        }
        const releaseDocument = documents.hold(document, characters);
        connection.followedIds += tasks;
        const release = (): void => {
          connection.followedIds -= tasks;
          releaseDocument();
        };
        try {
          const items = onEnd(inTurn(context.follow(tasks, read), slices, identity || connection), release);
          return events?.follow(asked, tasks, items) ?? items;
        } catch (error) {
          release();
          throw error;
        }
      },
    };
  };

  const isSubscription: SubscriptionOperations['isSubscription'] = ({ query, operationName }) => {
    if (!query?.includes('subscription')) return false;
    const document = orError(() => parseWithin(String(query ?? ''), limits, 'tokens'));
    if (document instanceof GraphQLError) return false;
    return getOperationAST(document, operationName)?.operation === 'subscription';
  };

  const prepareUnnoticed: SubscriptionOperations['prepare'] = (request, subscriber) => {
    const { query, operationName, variables } = request;
    const read = orError(() => documents.read(String(query ?? '')));
    if (read instanceof GraphQLError) return [read];
    const { document, invalid } = read;
    if (invalid.length > 0) return withCode(invalid, ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED);
    const operation = getOperationAST(document, operationName);
    if (!operation) return [badUserInput('Name one operation of the document in operationName.')];
    if (operation.operation !== 'subscription') {
      return [badUserInput('Only subscriptions are served here: send queries over HTTP.')];
    }
    const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
    if (errors.length > 0) return withCode(errors, ApolloServerErrorCode.BAD_USER_INPUT);
    return {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: createHeldContext(
        document,
        lengthOf(request, limits),
        { client: subscriber.client, operation: operation.name?.value },
        subscriber,
      ),
    };
  };

  const prepare: SubscriptionOperations['prepare'] = (request, subscriber) => {
    const prepared = orErrors(() => prepareUnnoticed(request, subscriber));
    const { client } = subscriber;
    const operation = request.operationName ?? undefined;
    events?.asked({ client, operation }, 'document' in prepared ? [] : prepared);
    return prepared;
  };

  return {
    isSubscription,
    prepare,
    toPublicResult: ({ data = null, errors }) => {
      const answer = errors
        ? { data, errors: errors.map((error) => toPublicError(toFormatted(error), error)) }
        : { data };
      return findTooLarge(answer) ?? answer;
    },
  };
};

/** The same iterator, whose items are handed on when it is the caller's turn: thousands can arrive at the same time. */
const inTurn = <Item>(
  items: AsyncIterableIterator<Item, undefined>,
  slices: TimeSlices,
  caller: SliceOwner,
): AsyncIterableIterator<Item, undefined> => {
  const wrapped: AsyncIterableIterator<Item, undefined> = {
    [Symbol.asyncIterator]: () => wrapped,
    next: async () => {
      const result = await items.next();
      await slices.next(caller);
      return result;
    },
    return: async () => (await items.return?.()) ?? { done: true, value: undefined },
  };
  return wrapped;
};

const findTooLarge = (answer: FormattedExecutionResult): FormattedExecutionResult | undefined =>
  restOf(answer, maxAnswerBytes) < 0
    ? { data: null, errors: [tooLarge('answerBytes', maxAnswerBytes).toJSON()] }
    : undefined;

/** Of the request as JSON. */
const lengthOf = (request: SubscriptionRequest, { valueDepth }: Limits): number => {
  try {
    return JSON.stringify(request).length;
  } catch {
    // It recurses, and the parser does not.
    throw tooLarge('valueDepth', valueDepth);
  }
};

const orErrors = <Value>(read: () => Value): Value | readonly GraphQLError[] => {
  try {
    return read();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
};

const orError = <Value>(read: () => Value): Value | GraphQLError => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    withCode([error], ApolloServerErrorCode.GRAPHQL_PARSE_FAILED);
    return error;
  }
};

/** Sets the code of each error that has none. */
const withCode = (errors: readonly GraphQLError[], code: string): readonly GraphQLError[] => {
  for (const error of errors) error.extensions.code ??= code;
  return errors;
};

/** As Apollo Server does for queries: an error without a code is an internal one. */
const toFormatted = (error: GraphQLError): GraphQLFormattedError => {
  const formatted = error.toJSON();
  const code = error.extensions.code ?? ApolloServerErrorCode.INTERNAL_SERVER_ERROR;
  return { ...formatted, extensions: { ...formatted.extensions, code } };
};
