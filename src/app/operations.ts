import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../domain/clock.ts';
import type { AppEvent, ShownCounts } from '../domain/events.ts';
import type { ProviderName } from '../domain/task.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { shape } from '../exchange/messages.ts';
import type { RedisConnection } from '../exchange/redis/connection.ts';
import { createLastFailures } from '../observability/last-failures.ts';
import { createMetrics } from '../observability/metrics-listener.ts';
import type { AccountState, AppState, RedisState } from '../observability/state.ts';
import type { Operations, Readiness } from '../server/operations.ts';
import type { ConfiguredProvider } from './accounts.ts';
import type { Settings } from './config.ts';

export interface OperationsOptions {
  readonly settings: Pick<Settings, 'metricsPort' | 'isProduction' | 'routerSecrets'>;
  readonly providers: readonly ConfiguredProvider[];
  readonly redis: Pick<RedisConnection, 'state'> | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/** What operators can ask this program for: metrics and health. */
export interface AppOperations extends Operations {
  listen(event: AppEvent): void;
  /** What is shown of the accounts. They are created later than this, as they emit events to it. */
  watch(exchanges: ReadonlyMap<ProviderName, Exchange>, shown: ReadonlyMap<ProviderName, ShownCounts>): void;
  /** The part of the server at PORT, of a server at a port of its own, or of none. */
  readonly servedAt: 'port' | 'metrics-port' | 'nowhere';
  close(): void;
}

/**
 * Where metrics and details are served. In production without router secrets, whoever may ask for tasks may be anybody:
 * then only a port of their own serves them.
 */
const toPlace = ({ metricsPort, isProduction, routerSecrets }: OperationsOptions['settings']) => {
  if (metricsPort !== undefined) return 'metrics-port';
  return isProduction && routerSecrets.length === 0 ? 'nowhere' : 'port';
};

export const createOperations = ({ settings, providers, redis, clock }: OperationsOptions): AppOperations => {
  let exchanges: ReadonlyMap<ProviderName, Exchange> = new Map();
  let shown: ReadonlyMap<ProviderName, ShownCounts> = new Map();
  /** The part of the quota of those accounts for which this process makes calls without an owner. */
  const shares = new Map<ProviderName, number>();
  const lastFailures = createLastFailures(clock.now);
  const version = readVersion();
  const servedAt = toPlace(settings);

  const toAccountState = (
    name: ProviderName,
    { name: id, vendorClock }: NonNullable<ConfiguredProvider['account']>,
  ): AccountState | undefined => {
    const exchange = exchanges.get(name);
    if (!exchange) return undefined;
    const role = exchange.state.kind;
    return {
      provider: name,
      id,
      role,
      share: role === 'owner' ? 1 : role === 'alone' ? (shares.get(name) ?? 0) : 0,
      ...roundedOf(exchange.status),
      lastSuccessAgeMs: toRounded(exchange.status.lastSuccessAgeMs),
      clockOffsetMs: vendorClock.offsetMs,
      shown: shown.get(name) ?? { outcomes: {}, ageMs: 0 },
    };
  };

  const readState = (): AppState => ({
    providers: providers.map(({ provider: { name }, quota, account }) => ({
      provider: name,
      quota,
      account: account && toAccountState(name, account),
    })),
    redis: redis?.state,
  });

  const readiness = (): Readiness => toReadiness(redis?.state);

  const metrics =
    servedAt === 'nowhere' ? undefined : createMetrics({ readState, version, shape: String(shape) });

  return {
    servedAt,
    readiness,
    details: () => {
      const { redis: redisState = 'none', providers: states } = readState();
      return {
        status: readiness(),
        versions: { program: version, node: process.versions.node, shape },
        upForSeconds: Math.round(process.uptime()),
        redis: redisState,
        providers: states.map(({ provider, quota, account }) => {
          if (!account) return { provider, configured: false, quota };
          const { provider: _, shown: __, ...state } = account;
          return {
            provider,
            configured: true,
            quota,
            ...state,
            lastFailure: lastFailures.of(provider) ?? null,
          };
        }),
      };
    },
    scrape: metrics?.scrape,
    listen: (event) => {
      if (event.kind === 'alone') shares.set(event.account.provider, event.share);
      lastFailures.listen(event);
      metrics?.listen(event);
    },
    watch: (theExchanges, theShown) => {
      exchanges = theExchanges;
      shown = theShown;
    },
    close: () => metrics?.close(),
  };
};

const toRounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));

const roundedOf = (status: Exchange['status']): Exchange['status'] => ({
  ...status,
  backlogMs: Math.round(status.backlogMs),
  renewalBacklogMs: Math.round(status.renewalBacklogMs),
});

/** Without Redis replicas go on by themselves; before its first verdict, what a task says would depend on chance. */
const toReadiness = (redis: RedisState | undefined): Readiness => {
  if (redis === 'connecting') return 'starting';
  return redis === 'lost' ? 'degraded' : 'ok';
};

const readVersion = (): string => {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
};
