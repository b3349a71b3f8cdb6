import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';
import { badUserInput, type ToPublicError } from './errors.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Whether callers that ask for it get federated traces (ftv1): these show internals, so not to the public. */
  readonly traces: boolean;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  readonly toPublicError: ToPublicError;
}

/** Executes queries. Its cache control plugin is off: it nearly halves throughput, and ours knows more. */
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
    // The server refuses what a browser sends for pages of other sites.
    csrfPrevention: false,
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
      allowOnlyQueries,
      ...plugins,
    ],
  });

/** Apollo Server would execute a posted subscription as a query, and answer a mutation with an internal error. */
const allowOnlyQueries: ApolloServerPlugin<Context> = {
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
