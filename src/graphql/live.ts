import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';

/** What a client sends to begin a subscription, whatever carries it. */
export interface LiveRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Starts subscriptions alike over sockets and server-sent events. */
export interface Live {
  /** Whether this is a subscription, as far as it can be read at all. */
  isSubscription(request: Partial<LiveRequest>): boolean;
  /** What to execute, or why not to. */
  prepare(request: LiveRequest): ExecutionArgs | readonly GraphQLError[];
  /** A result with nothing in it that is not for the client. */
  publish(result: Unpublished): FormattedExecutionResult;
}

/** A result as the executor made it. */
export interface Unpublished {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

export interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: () => Context;
  /** What may be told of an error. */
  readonly toPublicError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/** As Apollo Server does over HTTP: what has no code of its own was not foreseen. */
const withCode = (error: GraphQLError): GraphQLFormattedError => {
  const formatted = error.toJSON();
  const code = error.extensions.code ?? ApolloServerErrorCode.INTERNAL_SERVER_ERROR;
  return { ...formatted, extensions: { ...formatted.extensions, code } };
};

/** More than this is no query of a person or a gateway. Over HTTP the limit on the body does the same. */
const mostTokens = 10_000;

export const createLive = ({ schema, createContext, toPublicError }: LiveOptions): Live => ({
  isSubscription: ({ query, operationName }) => {
    try {
      const document = parse(query ?? '', { maxTokens: mostTokens });
      return getOperationAST(document, operationName)?.operation === 'subscription';
    } catch {
      return false;
    }
  },
  prepare: ({ query, operationName, variables }) => {
    try {
      const document = parse(query, { maxTokens: mostTokens });
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      const others = document.definitions.some(
        (definition) => definition.kind === 'OperationDefinition' && definition.operation !== 'subscription',
      );
      if (others) return [badUserInput('Only subscriptions are served here: send queries over HTTP.')];
      return {
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: variables ?? null,
        contextValue: createContext(),
      };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  },
  publish: ({ data = null, errors }) =>
    errors ? { data, errors: errors.map((error) => toPublicError(withCode(error), error)) } : { data },
});
