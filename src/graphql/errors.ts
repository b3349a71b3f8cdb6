import { GraphQLError } from 'graphql';
import { InvalidInputError } from '../domain/errors.ts';

/**
 * The caller's own mistake; the message names the fault and the fix.
 * @param http the status of a reply that holds nothing else
 */
export const badUserInput = (message: string, http?: { readonly status: number }): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...(http ? { http } : {}) } });

/** Runs what reads input, and tells the caller of the mistakes found in it. */
export const readInput = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidInputError ? badUserInput(error.message) : error;
  }
};
