import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { asHttpError } from './admission.ts';
import type { Context } from './context.ts';
import { type Limits, maxErrors } from './limits.ts';
import { findOversize } from './request-size.ts';

/**
 * Refuses requests for too many objects before they are executed, and ends the list of an answer's errors. Between the steps
 * of a large request, others have their turn.
 */
export const createAdmissionPlugin = (limits: Limits): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    validationDidStart: async ({ contextValue }) => {
      await contextValue.pause();
    },
    didResolveOperation: async ({ schema, document, operation, request: { variables }, contextValue }) => {
      await contextValue.pause();
      const refusal = operation && findOversize({ schema, document, operation, variables }, limits);
      if (refusal) throw asHttpError(refusal);
    },
    willSendResponse: async ({ response: { body } }) => {
      if (body.kind !== 'single') return;
      const { errors } = body.singleResult;
      if (errors && errors.length > maxErrors) body.singleResult.errors = endErrors(errors);
    },
  }),
});

const endErrors = (errors: readonly GraphQLFormattedError[]): readonly GraphQLFormattedError[] => {
  const shown = errors.slice(0, maxErrors - 1);
  const [first] = errors;
  const message = `There are ${errors.length - shown.length} more errors: an answer holds at most ${maxErrors}.`;
  return [...shown, { message, extensions: { code: first?.extensions?.code ?? 'BAD_USER_INPUT' } }];
};
