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
const toFormatted = (error: GraphQLError): GraphQLFormattedError => {
  const formatted = error.toJSON();
  const code = error.extensions.code ?? ApolloServerErrorCode.INTERNAL_SERVER_ERROR;
  return { ...formatted, extensions: { ...formatted.extensions, code } };
};

const withCode = (error: GraphQLError, code: string): GraphQLError => {
  error.extensions.code ??= code;
  return error;
};

const parseOrError = (query: unknown): DocumentNode | GraphQLError => {
  try {
    return parse(String(query ?? ''), { maxTokens: mostTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return withCode(error, ApolloServerErrorCode.GRAPHQL_PARSE_FAILED);
    throw error;
  }
};

/** More than this is no query of a person or a gateway. Over HTTP the limit on the body does the same. */
const mostTokens = 10_000;

export const createLive = ({ schema, createContext, toPublicError }: LiveOptions): Live => ({
  isSubscription: ({ query, operationName }) => {
    const document = parseOrError(query);
    if (document instanceof GraphQLError) return false;
    return getOperationAST(document, operationName)?.operation === 'subscription';
  },
  prepare: ({ query, operationName, variables }) => {
    const document = parseOrError(query);
    if (document instanceof GraphQLError) return [document];
    const faults = validate(schema, document);
    if (faults.length > 0)
      return faults.map((fault) => withCode(fault, ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED));
    const operation = getOperationAST(document, operationName);
    if (!operation) return [badUserInput('Name one operation of the document in operationName.')];
    if (operation.operation !== 'subscription') {
      return [badUserInput('Only subscriptions are served here: send queries over HTTP.')];
    }
    const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
    if (errors.length > 0)
      return errors.map((error) => withCode(error, ApolloServerErrorCode.BAD_USER_INPUT));
    return {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: createContext(),
    };
  },
  publish: ({ data = null, errors }) =>
    errors ? { data, errors: errors.map((error) => toPublicError(toFormatted(error), error)) } : { data },
});
