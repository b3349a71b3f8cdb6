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
import { badUserInput, type ToPublicError } from './errors.ts';

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

/** Prepares subscriptions for execution, and their results for clients, the same for every transport. */
export interface SubscriptionOperations {
  /** Whether the request can be parsed and names a subscription. */
  isSubscription(request: Partial<SubscriptionRequest>): boolean;
  /** What to execute, or the client's mistakes. */
  prepare(request: SubscriptionRequest): ExecutionArgs | readonly GraphQLError[];
  /** The result with errors that clients may see. */
  toPublicResult(result: InternalResult): FormattedExecutionResult;
}

export interface SubscriptionOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: () => Context;
  readonly toPublicError: ToPublicError;
}

/** Far more than people and gateways write. Over HTTP, the limit on the body does the same. */
const maxTokens = 10_000;

export const createSubscriptionOperations = ({
  schema,
  createContext,
  toPublicError,
}: SubscriptionOperationsOptions): SubscriptionOperations => ({
  isSubscription: ({ query, operationName }) => {
    const document = parseOrError(query);
    if (document instanceof GraphQLError) return false;
    return getOperationAST(document, operationName)?.operation === 'subscription';
  },
  prepare: ({ query, operationName, variables }) => {
    const document = parseOrError(query);
    if (document instanceof GraphQLError) return [document];
    const invalid = validate(schema, document);
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
      contextValue: createContext(),
    };
  },
  toPublicResult: ({ data = null, errors }) =>
    errors ? { data, errors: errors.map((error) => toPublicError(toFormatted(error), error)) } : { data },
});

const parseOrError = (query: unknown): DocumentNode | GraphQLError => {
  try {
    return parse(String(query ?? ''), { maxTokens });
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
