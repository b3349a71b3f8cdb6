import { type Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { AccountRef, AppEvent, RequestEvent, RequestFinished, TaskOutcome } from '../domain/events.ts';
import { createInstruments, type Instruments } from './metrics.ts';
import { createOperationNames } from './operation-names.ts';
import { type AppState, accountRoles, type ProviderState } from './state.ts';

/** Counts events, and reads what stands at the moment of a scrape. */
export interface Metrics {
  listen(event: AppEvent): void;
  /** All metrics in Prometheus' text format, with its content type. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
}

export interface MetricsOptions {
  readonly readState: () => AppState;
  /** What runs: of this program, and of what replicas tell each other. */
  readonly version: string;
  readonly shape: string;
}

const breakerStates = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const;

export const createMetrics = ({ readState, version, shape }: MetricsOptions): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  instruments.info.set({ version, node: process.versions.node, shape }, 1);
  const catchUpLookups = createCatchUp();
  const catchUpAges = createCatchUp();
  const listenToRequests = createRequestListener(instruments);
  const listenToAccounts = createAccountListener(instruments);
  return {
    listen: (event) => {
      if (event.kind === 'unhandled-error') instruments.bugs.inc();
      else if (event.kind === 'redis-lost') instruments.redisLosses.inc();
      else if (event.kind === 'redis-back') return;
      else if ('account' in event) listenToAccounts(event);
      else listenToRequests(event);
    },
    scrape: async () => {
      setState(instruments, readState(), catchUpLookups, catchUpAges);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: () => registry.clear(),
  };
};

const createRequestListener = (instruments: Instruments): ((event: RequestEvent) => void) => {
  const toOperation = createOperationNames();
  // Found once: prom-client looks labels up by sorting and joining them.
  const countersOf = remember(({ transport, outcome, isFastLane }: RequestFinished, operation: string) => {
    const fastLane = String(isFastLane);
    return {
      requests: instruments.requests.labels(operation, transport, outcome, fastLane),
      seconds: instruments.requestSeconds.labels(operation),
      bytes: instruments.responseBytes.labels(fastLane),
    };
  });
  const answersOf = remember((outcome: string) => instruments.answers.labels(outcome));
  return (event) => {
    switch (event.kind) {
      case 'request-finished': {
        const operation = toOperation(event.operation);
        const key = `${operation} ${event.transport} ${event.outcome} ${event.isFastLane}`;
        const { requests, seconds, bytes } = countersOf(key, event, operation);
        requests.inc();
        if (event.transport === 'http') seconds.observe(event.durationMs / 1_000);
        bytes.inc(event.bytes);
        for (const outcome in event.tasks) {
          answersOf(outcome, outcome).inc(event.tasks[outcome as TaskOutcome] ?? 0);
        }
        return;
      }
      case 'request-refused':
        return instruments.refusals.inc({
          transport: event.transport,
          rule: event.rule,
          limit: event.limit ?? '',
        });
      case 'subscription-opened':
        return instruments.subscriptions.inc({ transport: event.transport });
      case 'subscription-ended': {
        const { transport, why, results } = event;
        instruments.subscriptions.dec({ transport });
        instruments.subscriptionsEnded.inc({ transport, why });
        return instruments.subscriptionResults.inc({ transport }, results);
      }
      case 'queue-conflated':
        return instruments.conflations.inc();
    }
  };
};

type EventOfAccount = Extract<AppEvent, { readonly account: AccountRef }>;

const createAccountListener =
  (instruments: Instruments): ((event: EventOfAccount) => void) =>
  (event) => {
    const { provider } = event.account;
    switch (event.kind) {
      case 'vendor-call-finished':
        instruments.calls.inc({ provider, code: event.failure?.code ?? 'OK' });
        instruments.callSeconds.observe({ provider }, event.durationMs / 1_000);
        instruments.callBytes.inc({ provider }, event.bytes);
        if (!event.failure) instruments.lastSuccess.setToCurrentTime({ provider });
        return;
      case 'lookup-finished': {
        const { outcome, source } = event;
        instruments.lookups.inc({ provider, outcome, source });
        instruments.lookupSeconds.observe({ provider }, event.durationMs / 1_000);
        if (event.joined) instruments.joins.inc({ provider });
        return;
      }
      case 'permit-granted':
        return instruments.permitSeconds.observe({ provider }, event.waitedMs / 1_000);
      case 'permit-refused':
        return instruments.permitsRefused.inc({ provider, reason: event.reason });
      case 'lease-taken':
      case 'lease-handed-over':
      case 'lease-lost':
      case 'alone':
      case 'rejoined':
        return instruments.leaseChanges.inc({ provider, change: event.kind });
    }
  };

type CatchUp = ReturnType<typeof createCatchUp>;

/** Counts further what is counted from the start elsewhere: where each event would cost too much. */
const createCatchUp = () => {
  const counted = new Map<string, number>();
  return (counter: Counter, labels: Readonly<Record<string, string>>, total: number): void => {
    const key = Object.values(labels).join(' ');
    counter.inc(labels, total - (counted.get(key) ?? 0));
    counted.set(key, total);
  };
};

const setState = (
  instruments: Instruments,
  { providers, redis }: AppState,
  catchUpLookups: CatchUp,
  catchUpAges: CatchUp,
): void => {
  if (redis) instruments.redisUp.set(redis === 'works' ? 1 : 0);
  else instruments.redisUp.remove();
  for (const state of providers) {
    const { provider, account } = state;
    setProviderState(instruments, state);
    if (!account) continue;
    const { outcomes, ageMs } = account.shown;
    catchUpAges(instruments.shownAge, { provider }, ageMs / 1_000);
    for (const [outcome, total] of Object.entries(outcomes)) {
      catchUpLookups(instruments.lookups, { provider, outcome, source: 'memory' }, total);
    }
  }
};

const setProviderState = (instruments: Instruments, { provider, quota, account }: ProviderState): void => {
  instruments.configured.set({ provider }, account ? 1 : 0);
  if (!account) return;
  const { role, share, breaker, backlogMs, renewalBacklogMs, clockOffsetMs } = account;
  instruments.quota.set({ provider }, (quota.calls * 1_000) / quota.perMs);
  instruments.share.set({ provider }, share);
  instruments.backlog.set({ provider }, backlogMs / 1_000);
  instruments.renewalBacklog.set({ provider }, renewalBacklogMs / 1_000);
  instruments.clockOffset.set({ provider }, clockOffsetMs / 1_000);
  for (const state of breakerStates) instruments.breaker.set({ provider, state }, state === breaker ? 1 : 0);
  for (const state of accountRoles) instruments.accountState.set({ provider, state }, state === role ? 1 : 0);
};

/** What is found the first time that a key is asked for, each time. */
const remember = <Facts extends readonly unknown[], Found>(find: (...facts: Facts) => Found) => {
  const known = new Map<string, Found>();
  return (key: string, ...facts: Facts): Found => {
    let found = known.get(key);
    if (found === undefined) {
      found = find(...facts);
      known.set(key, found);
    }
    return found;
  };
};
