import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { ProviderName } from '../domain/task.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { createLocalExchange, type OwnerLinks } from '../exchange/local-exchange.ts';
import type { RedisConnection } from '../exchange/redis/connection.ts';
import { createRedisExchange } from '../exchange/redis-exchange.ts';
import { createOwner } from '../owner/create-owner.ts';
import type { Owner } from '../owner/owner.ts';
import type { HttpClient } from '../vendor-http/client.ts';
import type { Account, ConfiguredProvider } from './accounts.ts';
import type { EventLog } from './event-log.ts';

export interface ExchangesOptions {
  readonly providers: readonly ConfiguredProvider[];
  /** Undefined: this process makes all calls by itself. */
  readonly redis: RedisConnection | undefined;
  /** How many replicas there are at least. */
  readonly replicas: number;
  readonly deadlineMs: number;
  readonly http: Pick<HttpClient, 'get'>;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  readonly events: EventLog;
}

/**
 * For each account: the owner in this process, which acts while it holds the lease, and the exchange between the lookups
 * and the current owner.
 */
export const createExchanges = (options: ExchangesOptions): ReadonlyMap<ProviderName, Exchange> => {
  const { providers, redis, replicas, clock, events } = options;
  const replicaId = randomUUID();
  return new Map(
    providers.flatMap(({ provider: { name }, quota, account }) => {
      if (!account) return [];
      const createAccountOwner = toCreateOwner(options, account, quota);
      const exchange = redis
        ? createRedisExchange({
            redis,
            account: account.name,
            fingerprint: account.fingerprint,
            replicaId,
            replicas,
            quota,
            createOwner: createAccountOwner,
            clock,
            onEvent: events.exchange,
          })
        : createLocalExchange({ createOwner: createAccountOwner });
      return [[name, exchange]];
    }),
  );
};

const toCreateOwner =
  (
    { http, redact, clock, deadlineMs, events }: ExchangesOptions,
    { operations, vendorClock }: Account,
    quota: ConfiguredProvider['quota'],
  ) =>
  (links: OwnerLinks): Owner =>
    createOwner({
      ...links,
      operations,
      quota,
      get: http.get,
      vendorClock,
      clock,
      random: Math.random,
      deadlineMs,
      redact,
      onBug: events.bug,
    });
