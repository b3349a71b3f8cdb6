import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { ExchangeEvent } from '../exchange/events.ts';
import type { RedisEvent } from '../exchange/redis/connection.ts';

/** Logs events of the exchange and of Redis, in words for operators. */
export interface EventLog {
  exchange(event: ExchangeEvent): void;
  redis(event: RedisEvent): void;
  bug(error: unknown): void;
}

/** Failures of Redis are reported at most once in this time, in ms, with their number. */
const repeatAfterMs = 60_000;

const handOverReasons: Readonly<Record<(ExchangeEvent & { kind: 'owner-handed-over' })['why'], string>> = {
  shutdown: 'it is shutting down',
  'wrong-credentials': 'the vendor refuses its credentials and another replica has others',
  'newer-version': 'another replica has a newer version',
};

const toMessage = (event: Exclude<ExchangeEvent, { kind: 'bug' }>): string => {
  switch (event.kind) {
    case 'owner-taken':
      return `This replica makes the account's calls${event.isHandedOver ? ', handed over by another one' : ''}.`;
    case 'owner-handed-over':
      return `This replica hands the account's calls over: ${handOverReasons[event.why]}.`;
    case 'owner-lost':
      return "This replica stops making the account's calls: it could not renew its lease.";
    case 'alone':
      return `No replica that makes the account's calls can be reached: this one makes calls by itself, within ${(100 * event.share).toFixed(0)} % of the quota, and shares no answers.`;
    case 'rejoined':
      return `This replica works with the others again, after ${(event.afterMs / 1_000).toFixed(1)} s of calls by itself.`;
  }
};

export const createEventLog = (logger: FastifyBaseLogger, clock: Pick<Clock, 'elapsed'>): EventLog => {
  let reportedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  return {
    exchange: (event) => {
      const { account } = event;
      if (event.kind === 'bug') logger.error({ account, err: event.error }, 'Unhandled error');
      else if (event.kind === 'alone' || event.kind === 'owner-lost')
        logger.warn({ account }, toMessage(event));
      else logger.info({ account }, toMessage(event));
    },
    redis: (event) => {
      if (event.kind === 'redis-back') {
        logger.info(`Redis works again, after ${(event.afterMs / 1_000).toFixed(1)} s.`);
        return;
      }
      failures += 1;
      if (clock.elapsed() - reportedAt < repeatAfterMs) return;
      const times = failures > 1 ? ` (${failures} times since the last report)` : '';
      reportedAt = clock.elapsed();
      failures = 0;
      logger.warn(
        `Redis cannot be used${times}: ${event.cause} Until it can, known answers are shown from memory and marked stale as they age, new ones are delayed for some seconds, and then each replica makes calls by itself, within its share of each quota.`,
      );
    },
    bug: (error) => logger.error({ err: error }, 'Unhandled error'),
  };
};
