import { GraphQLError } from 'graphql';
import { InvalidInputError } from '../errors.ts';

/** The caller's own mistake; the message names the fault and the fix. */
export const badUserInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** Runs what reads input, and tells the caller of the mistakes found in it. */
export const readInput = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidInputError ? badUserInput(error.message) : error;
  }
};
