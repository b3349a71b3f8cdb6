import type { Server } from 'node:http';
import { pino } from 'pino';
import type { AppEvent, Emit } from '../../src/domain/events.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import type { TimeSlices } from '../../src/graphql/time-slices.ts';
import { providers } from '../../src/providers/index.ts';
import { createServer } from '../../src/server/server.ts';
import { createFollowers } from '../../src/subscriptions/followers.ts';
import { createScriptedLookup, type ScriptedLookup } from '../subscriptions/scripted-lookup.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';

/** The server with a scripted lookup, without vendors. */
export interface TestServer {
  readonly url: string;
  readonly http: Server;
  readonly lookup: ScriptedLookup;
  readonly clock: SteppedClock;
  readonly logLines: readonly string[];
  /** What was emitted. */
  readonly events: readonly AppEvent[];
  /** How many lookups there have been, of all tasks together. */
  lookups(): number;
  /** Begins a graceful shutdown; the clock continues. */
  shutDown(): Promise<void>;
  close(): Promise<void>;
}

/** @param stepMs see `createSteppedClock`; followed tasks are looked up every second of that clock */
export const openTestServer = async ({
  stepMs = 20,
  routerSecrets = [],
  allowedOrigins = [],
  maxIdsPerQuery = 200,
  maxRepresentations = 100,
  closeDelayMs = 0,
  fastLane = false,
  introspection = true,
  slices,
}: {
  stepMs?: number;
  routerSecrets?: readonly string[];
  allowedOrigins?: readonly string[];
  maxIdsPerQuery?: number;
  maxRepresentations?: number;
  closeDelayMs?: number;
  fastLane?: boolean;
  introspection?: boolean;
  slices?: TimeSlices;
} = {}): Promise<TestServer> => {
  const clock = createSteppedClock(stepMs);
  const lookup = createScriptedLookup(clock);
  const logLines: string[] = [];
  const events: AppEvent[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => logLines.push(line) });
  const emit: Emit = (event) => {
    events.push(event);
    if (event.kind === 'unhandled-error') logger.error({ err: event.error }, 'Unhandled error');
  };
  const server = await createServer({
    schema: createSchema({ providers, describeProviders: () => [], maxIdsPerQuery, maxRepresentations }),
    maxIdsPerQuery,
    maxRepresentations,
    sources: {
      lookup,
      jobs: new Map(),
      followers: createFollowers(lookup, clock, emit),
      clock,
      deadlineMs: 5_000,
      ...(slices ? { slices } : {}),
    },
    logger,
    introspection,
    emit,
    ...(fastLane ? { fastLane: { providers, maxBytes: 1_000_000 } } : {}),
    routerSecrets,
    allowedOrigins,
    closeDelayMs,
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    http: server.server,
    lookup,
    clock,
    logLines,
    events,
    lookups: () => [...lookup.times.values()].flat().length,
    shutDown: async () => {
      await server.close();
    },
    close: async () => {
      await server.close();
      clock.stop();
    },
  };
};
