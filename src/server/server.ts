import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { BeginTrace, Emit } from '../domain/events.ts';
import { createFastLane } from '../fast-lane/fast-lane.ts';
import { createAdmission } from '../graphql/admission.ts';
import { createAdmissionPlugin } from '../graphql/admission-plugin.ts';
import { stringifyAnswer } from '../graphql/answer-size.ts';
import { createApollo } from '../graphql/apollo.ts';
import { cachePolicyPlugin } from '../graphql/cache-policy-plugin.ts';
import { type Context, createCaller, createContext, type Sources } from '../graphql/context.ts';
import { createErrorMask } from '../graphql/errors.ts';
import { createLimits, type LimitSettings } from '../graphql/limits.ts';
import { createRecordPlugin } from '../graphql/request-record.ts';
import type { ResolverOptions } from '../graphql/resolvers.ts';
import { createSubscriptionEvents } from '../graphql/subscription-events.ts';
import { createSubscriptionOperations } from '../graphql/subscription-operations.ts';
import { createTimeSlices, type TimeSlices } from '../graphql/time-slices.ts';
import { callerHeader, createIdentifyCaller } from './caller-identity.ts';
import { addConditional } from './conditional.ts';
import { addCors } from './cors.ts';
import { drainOnClose } from './drain.ts';
import { encodeInTurns } from './encode-answers.ts';
import { createFastLaneStage } from './fast-lane-stage.ts';
import { createHttpServer } from './http-server.ts';
import { addDetails, addHealth, type Operations } from './operations.ts';
import { createOriginRule } from './origin-rule.ts';
import { createRefuse } from './refusals.ts';
import { readBody, readDocument, receiveBodies } from './request-body.ts';
import { emitRequests } from './request-events.ts';
import { createRouterAuth, refuseUnauthorized, secretHeader } from './router-auth.ts';
import { createEventStreams } from './server-sent-events.ts';
import { serveWebSockets } from './web-sockets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the stages share that answer it; null until the first of them needs it. */
    graphContext: Context | null;
  }
}

export interface ServerDependencies extends LimitSettings {
  readonly schema: GraphQLSchema;
  readonly sources: Sources;
  readonly logger: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Secrets of which a caller of /graphql must send one in `Router-Authorization`. Empty: no secret is needed. */
  readonly routerSecrets: readonly string[];
  /** Origins of pages elsewhere that may call /graphql from a browser. */
  readonly allowedOrigins: readonly string[];
  /**
   * How long the server goes on answering after `close`, so that clients and load balancers notice `Connection: close`
   * and the failing readiness check before connections are refused. Default 0.
   */
  readonly closeDelayMs?: number;
  /** Told of refusals, subscriptions, requests and errors of this program. */
  readonly emit?: Emit | undefined;
  /** Whether somebody listens to requests. If not, nothing is noted of them, and nothing costs. Default true. */
  readonly emitsRequests?: boolean;
  /** Default: what the client sent is noted. */
  readonly beginTrace?: BeginTrace;
  /** Without it there is only the bare health. */
  readonly operations?: Operations & {
    /** Whether metrics and details are served here, to those who send a router secret if there is one. */
    readonly isServed: boolean;
  };
  /** Absent: Apollo Server answers everything. */
  readonly fastLane?: {
    readonly providers: ResolverOptions['providers'];
    /** Bytes of JSON that are kept. */
    readonly maxBytes: number;
  };
  /** Adds further routes, such as GraphiQL. */
  readonly pages?: (server: FastifyInstance) => Promise<void>;
}

/** The HTTP server, ready to listen. `close` shuts it down gracefully. */
export const createServer = async (dependencies: ServerDependencies): Promise<FastifyInstance> => {
  const {
    schema,
    logger,
    introspection,
    routerSecrets,
    closeDelayMs = 0,
    emit,
    emitsRequests = true,
    beginTrace = (incoming) => incoming,
    operations,
    pages,
  } = dependencies;
  const { slices = createTimeSlices() } = dependencies.sources;
  const sources = { ...dependencies.sources, slices };
  const requestListeners = emit && emitsRequests ? { emit, beginTrace, clock: sources.clock } : undefined;
  const { allowedOrigins } = dependencies;
  const onError = (error: unknown): void => emit?.({ kind: 'unhandled-error', error });
  const refuse = createRefuse(emit);
  const server = createHttpServer({
    options: { forceCloseConnections: 'idle', return503OnClosing: false },
    logger,
    isPublic: routerSecrets.length === 0,
    refuse,
    onError,
    emit,
    slices,
  });
  const isAuthorized = createRouterAuth(routerSecrets);
  const isAllowedOrigin = createOriginRule(allowedOrigins);
  const identifyCaller = createIdentifyCaller(routerSecrets.length > 0);
  const identify = ({ headers, ip }: FastifyRequest): string => identifyCaller(headers[callerHeader], ip);
  const toPublicError = createErrorMask(onError, !introspection);
  const limits = createLimits(dependencies);
  const admission = createAdmission(limits);
  const lane =
    dependencies.fastLane &&
    createFastLane({ ...dependencies.fastLane, schema, sources, limits, stringify: stringifyAnswer });
  const plugins = [
    fastifyApolloDrainPlugin(server),
    createAdmissionPlugin(limits),
    cachePolicyPlugin,
    ...(lane ? [lane.plugin] : []),
    ...(requestListeners ? [createRecordPlugin(requestListeners.emit)] : []),
  ];
  // With secrets, only a router reaches the executor.
  const traces = routerSecrets.length > 0;
  const apollo = createApollo({ schema, introspection, traces, plugins, toPublicError, logger });
  await apollo.start();
  const subscriptions = createSubscriptionOperations({
    schema,
    createContext: (identity) => createContext(sources, undefined, identity),
    toPublicError,
    limits,
    slices,
    ...(emit
      ? { events: createSubscriptionEvents({ emit, clock: sources.clock, isDraining: () => isDraining() }) }
      : {}),
  });
  const closeSockets = serveWebSockets(server.server, {
    operations: subscriptions,
    isAuthorized,
    isAllowedOrigin,
    identifyCaller,
    slices,
    onError,
    emit,
    beginTrace,
  });
  const isDraining = drainOnClose(server, {
    delayMs: closeDelayMs,
    endSubscriptions: async () => {
      await sources.followers.drain();
      await closeSockets();
      sources.followers.close();
    },
  });

  server.decorate('readiness', () => (isDraining() ? 'draining' : (operations?.readiness() ?? 'ok')));
  addHealth(server, server.readiness);
  if (operations?.isServed) addDetails(server, operations, isAuthorized, refuse);
  // The path of each request: origin and router authentication, then server-sent events if it asks for them, then the fast
  // lane if it knows the answer, else Apollo Server.
  await server.register(async (graphql) => {
    emitRequests(graphql, requestListeners);
    addVary(graphql, [
      ...(allowedOrigins.length > 0 ? ['origin'] : []),
      ...(routerSecrets.length > 0 ? [secretHeader] : []),
    ]);
    addCors(graphql, allowedOrigins, isAllowedOrigin, refuse);
    graphql.addHook('onRequest', refuseUnauthorized(isAuthorized, refuse, slices));
    graphql.decorateRequest('graphContext', null);
    const contextOf = (request: FastifyRequest): Context => {
      request.graphContext ??= createContext(sources, request.record ?? undefined, identify(request));
      return request.graphContext;
    };
    const laneStage =
      lane &&
      createFastLaneStage(
        lane,
        (request) => createCaller(sources, request.record ?? undefined, identify(request)),
        onError,
      );
    receiveBodies(graphql, limits.bodyBytes);
    if (laneStage) graphql.addHook('preHandler', laneStage.repeat);
    graphql.addHook('preHandler', createTurns(slices, identify));
    graphql.addHook('preHandler', readBody);
    const eventStreams = createEventStreams(subscriptions, isDraining, identify, slices);
    graphql.addHook('preHandler', (request, reply, done) => {
      if (!eventStreams.accepts(request)) return done();
      eventStreams.serve(request, reply).then(() => done(), done);
    });
    if (lane && laneStage) {
      graphql.addHook('preHandler', laneStage.answer);
      graphql.addHook('onSend', ({ headers, graphContext }, reply, _payload, done) => {
        // Apollo Server has answered.
        if (graphContext && reply.statusCode === 200) {
          lane.learnContentType(headers.accept, reply.getHeader('content-type'));
        }
        done();
      });
    }
    addConditional(graphql);
    encodeInTurns(graphql, slices);
    const context = async (request: FastifyRequest) => {
      admission.admit(readDocument(request));
      const graphContext = contextOf(request);
      await graphContext.pause();
      return graphContext;
    };
    await graphql.register(fastifyApollo(apollo), { context });
  });
  await pages?.(server);
  return server;
};

/** A stage that lets callers take turns. @param identify who asks, see `createContext` */
export const createTurns =
  (slices: Pick<TimeSlices, 'run'>, identify: (request: FastifyRequest) => string): preHandlerHookHandler =>
  (request, reply, done) => {
    slices.run(identify(request) || request, () => {
      // Else nobody waits for it any more.
      if (!reply.raw.destroyed) done();
    });
  };

/** A shared cache must not answer others with what these headers decide. */
const addVary = (server: FastifyInstance, headers: readonly string[]): void => {
  if (headers.length === 0) return;
  // On the raw response, so that event streams have it, too.
  server.addHook('onRequest', (_request, reply, done) => {
    reply.raw.setHeader('vary', headers.join(', '));
    done();
  });
};
