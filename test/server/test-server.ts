import type { Server } from 'node:http';
import { pino } from 'pino';
import { createSchema } from '../../src/graphql/schema.ts';
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
}: {
  stepMs?: number;
  routerSecrets?: readonly string[];
  allowedOrigins?: readonly string[];
  maxIdsPerQuery?: number;
  maxRepresentations?: number;
  closeDelayMs?: number;
} = {}): Promise<TestServer> => {
  const clock = createSteppedClock(stepMs);
  const lookup = createScriptedLookup(clock);
  const logLines: string[] = [];
  const server = await createServer({
    schema: createSchema({ providers, describeProviders: () => [], maxIdsPerQuery, maxRepresentations }),
    maxIdsPerQuery,
    maxRepresentations,
    sources: { lookup, jobs: new Map(), followers: createFollowers(lookup, clock), clock },
    logger: pino({ level: 'trace' }, { write: (line: string) => logLines.push(line) }),
    introspection: true,
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
