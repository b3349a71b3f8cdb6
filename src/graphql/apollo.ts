import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Whether federated traces (ftv1) are given to callers who ask: they tell strangers too much. */
  readonly traces: boolean;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  /** What may be told of an error. */
  readonly toPublicError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/** The GraphQL executor, without what answers strangers (reports, landing pages) or costs much (cache control). */
export const createApollo = ({
  schema,
  introspection,
  traces,
  plugins,
  toPublicError,
}: ApolloOptions): ApolloServer<Context> =>
  new ApolloServer<Context>({
    schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    maxRecursiveSelections: true,
    formatError: toPublicError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      traces
        ? ApolloServerPluginInlineTrace({ includeErrors: { masked: true } })
        : ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      refuseAllButQueries,
      ...plugins,
    ],
  });

/** Apollo Server would run a posted subscription like a query, and take a mutation for a bug of ours. */
const refuseAllButQueries: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation }) => {
      if (operation === undefined || operation.operation === 'query') return;
      const message =
        operation.operation === 'subscription'
          ? 'Subscriptions are served over graphql-transport-ws, and as server-sent events to requests that accept text/event-stream.'
          : 'There are no mutations here.';
      throw badUserInput(message, { status: 400 });
    },
  }),
};

/**
 * The caller's own mistakes are told to the caller; of ours, only that there was one.
 * @param reportBug told of ours, with the error as it was thrown
 */
export const createErrorPublisher =
  (reportBug: (error: unknown) => void): ApolloOptions['toPublicError'] =>
  (formatted, error) => {
    const code = ApolloServerErrorCode.INTERNAL_SERVER_ERROR;
    if (formatted.extensions?.code !== code) return formatted;
    reportBug(unwrapResolverError(error));
    return { ...formatted, message: 'Internal server error', extensions: { code } };
  };
