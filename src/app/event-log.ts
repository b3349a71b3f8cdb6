import type { FastifyBaseLogger } from 'fastify';
import type { ProviderName } from '../domain/task.ts';
import type { ExchangeEvent } from '../exchange/events.ts';
import type { RedisEvent } from '../exchange/redis-connection.ts';

/** Where what happens below the graph is logged. */
export interface EventLog {
  exchange(provider: ProviderName, event: ExchangeEvent): void;
  redis(event: RedisEvent): void;
  bug(error: unknown): void;
}

export const createEventLog = (logger: FastifyBaseLogger): EventLog => ({
  exchange: (provider, event) => logger.info({ provider, ...event }, 'Exchange'),
  redis: (event) => logger.warn({ ...event }, 'Redis'),
  bug: (error) => logger.error({ err: error }, 'Unhandled error'),
});
