import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  /** Told of what is a bug of ours, with the error as it was thrown. */
  readonly reportBug: (error: unknown) => void;
}

/** The GraphQL executor, without what answers strangers (traces, reports, landing pages) or costs much (cache control). */
export const createApollo = ({
  schema,
  introspection,
  plugins,
  reportBug,
}: ApolloOptions): ApolloServer<Context> =>
  new ApolloServer<Context>({
    schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    maxRecursiveSelections: true,
    formatError: (formatted, error) => toPublicError(formatted, error, reportBug),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ...plugins,
    ],
  });

/** The caller's own mistakes are told to the caller; of ours, only that there was one. */
const toPublicError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  reportBug: (error: unknown) => void,
): GraphQLFormattedError => {
  if (formatted.extensions?.code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR) return formatted;
  reportBug(unwrapResolverError(error));
  return {
    ...formatted,
    message: 'Internal server error',
    extensions: { code: ApolloServerErrorCode.INTERNAL_SERVER_ERROR },
  };
};
