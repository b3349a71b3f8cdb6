import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { InvalidInputError, omitStacks } from '../domain/errors.ts';

/**
 * The caller's own mistake; the message names the fault and the fix.
 * @param http the HTTP status, if the whole request is refused
 */
export const badUserInput = (message: string, http?: { readonly status: number }): GraphQLError => {
  const end = omitStacks();
  const error = new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(http ? { http } : {}) },
  });
  end();
  return error;
};

/** Runs a function that reads input, and turns the mistakes it finds into BAD_USER_INPUT. */
export const readInput = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidInputError ? badUserInput(error.message) : error;
  }
};

/** What clients may see of an error, from the error as Apollo formats it and as it was thrown. */
export type ToPublicError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Apollo Server refuses some requests with a status and no code, such as a persisted query whose hash is of another. */
const isRefusal = (error: unknown): boolean => {
  const http = error instanceof GraphQLError ? error.extensions.http : undefined;
  const { status } = (http ?? {}) as { readonly status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
};

/** Without what graphql-js appends to a message about an unknown name: names of the schema that are like it. */
const withoutSuggestion = (message: string): string => {
  const start = message.endsWith('?') ? message.lastIndexOf(' Did you mean ') : -1;
  return start < 0 ? message : message.slice(0, start);
};

/**
 * Passes on the caller's own mistakes and hides internal errors behind one message.
 * @param reportUnhandled called with each internal error as it was thrown
 * @param hidesSchema whether messages suggest no names of the schema
 */
export const createErrorMask =
  (reportUnhandled: (error: unknown) => void, hidesSchema: boolean): ToPublicError =>
  (formatted, error) => {
    const code = ApolloServerErrorCode.INTERNAL_SERVER_ERROR;
    if (formatted.extensions?.code !== code) {
      return hidesSchema ? { ...formatted, message: withoutSuggestion(formatted.message) } : formatted;
    }
    if (isRefusal(error)) return { ...formatted, extensions: { code: ApolloServerErrorCode.BAD_REQUEST } };
    reportUnhandled(unwrapResolverError(error));
    return { ...formatted, message: 'Internal server error', extensions: { code } };
  };
