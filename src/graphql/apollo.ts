import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { execute, type GraphQLSchema } from 'graphql';
import Negotiator from 'negotiator';
import { stringifyAnswer } from './answer-size.ts';
import type { Context } from './context.ts';
import { badUserInput, type ToPublicError } from './errors.ts';
import { maxValidationErrors } from './limits.ts';
import { createWrittenAnswers } from './written-answers.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Whether callers that ask for it get federated traces (ftv1): these show internals, so not to the public. */
  readonly traces: boolean;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  readonly toPublicError: ToPublicError;
  /** For what Apollo Server itself reports, which would be printed otherwise. */
  readonly logger: ApolloServerOptions<Context>['logger'] & {};
}

/** Executes queries. Its cache control plugin is off: it nearly halves throughput, and ours knows more. */
export const createApollo = ({
  schema,
  introspection,
  traces,
  plugins,
  toPublicError,
  logger,
}: ApolloOptions): ApolloServer<Context> =>
  new ApolloServer<Context>({
    gateway: {
      load: async () => ({ executor: createExecutor(schema) }),
      onSchemaLoadOrUpdate: (use) => {
        use({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => {};
      },
      stop: async () => {},
    },
    introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // The server refuses what a browser sends for pages of other sites.
    csrfPrevention: false,
    maxRecursiveSelections: true,
    validationOptions: { maxErrors: maxValidationErrors },
    formatError: toPublicError,
    stringifyResult: (answer) => stringifyAnswer(answer),
    logger,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      traces
        ? ApolloServerPluginInlineTrace({ includeErrors: { masked: true } })
        : ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerAsMediaTypeDemands,
      allowOnlyQueries,
      ...plugins,
    ],
  });

/** What Apollo Server lets execute operations: a gateway's executor is the only one that it can be given. */
type Gateway = NonNullable<ApolloServerOptions<Context>['gateway']>;

export type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;

/** graphql-js executes, but for the JSON of what root fields return. */
export const createExecutor = (schema: GraphQLSchema): Executor => {
  const toExecution = createWrittenAnswers(schema);
  return async ({ context, metrics, request, ...operation }) => {
    const { operationName, variables } = request;
    const args = {
      document: operation.document,
      contextValue: context,
      variableValues: variables,
      operationName,
    };
    // There may be no operation of this name. A trace shows each field.
    if (!operation.operation || metrics.captureTraces) return execute({ ...args, schema });
    const execution = toExecution({ ...operation, operationName, variables });
    return execution.complete(await execute({ ...args, schema: execution.schema }), context.pause);
  };
};

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

const mediaTypes = ['application/json', 'application/graphql-response+json'];

/**
 * Mistakes in a document or its variables are answered with 200 where the client asks for `application/json`, as
 * GraphQL over HTTP (6.4.1) recommends: such a client assumes that any other status comes from a proxy. Refusals of
 * this server keep the status that they name.
 */
const answerAsMediaTypeDemands: ApolloServerPlugin<Context> = {
  requestDidStart: async () => {
    // What fails between the two is refused by a plugin of this server.
    let isRefused = false;
    return {
      didResolveOperation: async () => {
        isRefused = true;
      },
      executionDidStart: async () => {
        isRefused = false;
      },
      willSendResponse: async ({ request, response: { http } }) => {
        const accept = request.http?.headers.get('accept');
        if (http.status !== 400 || isRefused || !accept?.includes('application/json')) return;
        if (new Negotiator({ headers: { accept } }).mediaType(mediaTypes) === mediaTypes[0])
          http.status = 200;
      },
    };
  },
};
