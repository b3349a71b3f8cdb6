import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { type Emit, type EmitOfAccount, toEmitOfAccount } from '../domain/events.ts';
import type { ProviderName } from '../domain/task.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { createLocalExchange, type OwnerLinks } from '../exchange/local-exchange.ts';
import type { RedisConnection } from '../exchange/redis/connection.ts';
import { createRedisExchange } from '../exchange/redis-exchange.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { createOwner } from '../owner/create-owner.ts';
import type { Owner } from '../owner/owner.ts';
import type { HttpClient } from '../vendor-http/client.ts';
import type { ConfiguredProvider } from './accounts.ts';
import { type Redactions, toOperations } from './vendor-operations.ts';

export interface ExchangesOptions extends Redactions {
  readonly providers: readonly ConfiguredProvider[];
  /** Undefined: this process makes all calls by itself. */
  readonly redis: RedisConnection | undefined;
  /** How many replicas there are at least. */
  readonly replicas: number;
  readonly deadlineMs: number;
  readonly http: Pick<HttpClient, 'get'>;
  readonly routerSecrets: readonly string[];
  /** Whether the graph can answer with this content of a type, whoever stored it. Undefined without Redis. */
  readonly isContent: ((typename: string, content: unknown) => boolean) | undefined;
  readonly clock: Clock;
  readonly slices: Pick<TimeSlices, 'pause'>;
  readonly emit: Emit;
}

/**
 * For each account: the owner in this process, which acts while it holds the lease, and the exchange between the lookups
 * and the current owner.
 */
export const createExchanges = (options: ExchangesOptions): ReadonlyMap<ProviderName, Exchange> => {
  const { providers, redis, replicas, clock, redact, isContent, emit } = options;
  const replicaId = randomUUID();
  // While one of them is being rotated, replicas know each other by the others.
  const secrets = [
    ...providers.flatMap(({ account }) => account?.sealSecret ?? []),
    ...options.routerSecrets,
  ];
  return new Map(
    providers.flatMap(({ provider, quota, account }) => {
      if (!account) return [];
      const { name } = provider;
      const emitOfAccount = toEmitOfAccount(emit, { provider: name, id: account.name });
      const createAccountOwner = toCreateOwner(options, { provider, quota, account }, emitOfAccount);
      const exchange =
        redis && isContent
          ? createRedisExchange({
              redis,
              account: account.name,
              fingerprint: account.fingerprint,
              trust: { secrets, leaseSecret: account.leaseSecret, isContent, redact },
              replicaId,
              replicas,
              quota,
              createOwner: createAccountOwner,
              clock,
              emit: emitOfAccount,
            })
          : createLocalExchange({ createOwner: createAccountOwner });
      return [[name, exchange]];
    }),
  );
};

const toCreateOwner =
  (
    { http, redact, redactData, clock, slices, deadlineMs }: ExchangesOptions,
    { provider, quota, account }: Required<ConfiguredProvider>,
    emit: EmitOfAccount,
  ) =>
  (links: OwnerLinks): Owner =>
    createOwner({
      ...links,
      operations: toOperations(provider, account, { redact, redactData }, slices),
      quota,
      get: http.get,
      vendorClock: account.vendorClock,
      clock,
      random: Math.random,
      deadlineMs,
      redact,
      onBug: (error) => emit({ kind: 'unhandled-error', error }),
      emit,
    });
