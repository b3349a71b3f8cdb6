import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../src/domain/clock.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';
import { createServer } from '../../src/server/server.ts';
import { createWatchers } from '../../src/subscriptions/followers.ts';
import { createScriptedLookup, type ScriptedLookup } from '../subscriptions/scripted-lookup.ts';

/** The server with nothing behind it but a lookup that is told what to find. */
export interface OwnServer {
  readonly url: string;
  readonly lookup: ScriptedLookup;
  readonly server: FastifyInstance;
  readonly logLines: readonly string[];
  close(): Promise<void>;
}

export const openOwnServer = async ({
  clock = systemClock,
  routerSecrets = [],
  maxIdsPerQuery = 200,
}: {
  clock?: Clock;
  routerSecrets?: readonly string[];
  maxIdsPerQuery?: number;
} = {}): Promise<OwnServer> => {
  const lookup = createScriptedLookup(clock);
  const logLines: string[] = [];
  const server = await createServer({
    schema: createSchema({ providers, describeProviders: () => [], maxIdsPerQuery, maxRepresentations: 100 }),
    sources: { lookup, jobs: new Map(), watchers: createWatchers(lookup, clock) },
    now: clock.now,
    logger: pino({ level: 'trace' }, { write: (line: string) => logLines.push(line) }),
    introspection: true,
    routerSecrets,
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return { url, lookup, server, logLines, close: () => server.close() };
};
