import { type Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type {
  AccountRef,
  AppEvent,
  OutcomeCounts,
  RequestEvent,
  RequestFinished,
  TaskOutcome,
} from '../domain/events.ts';
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
  const catchUp = createCatchUp();
  const requestTotals = createRequestTotals(instruments);
  const listenToRequests = createRequestListener(instruments, requestTotals);
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
      requestTotals.tell();
      setState(instruments, readState(), catchUp);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: () => registry.clear(),
  };
};

/** Requests that differ in nothing that is a label. */
interface RequestTotals extends Pick<RequestFinished, 'transport' | 'outcome' | 'isFastLane'> {
  readonly operation: string;
  readonly seconds: { observe(seconds: number): void };
  requests: number;
  bytes: number;
}

/**
 * How many requests wait to be counted. One by one, between answers that leave nothing in the processor's caches, each costs
 * several times as much.
 */
const maxWaiting = 100;

/** Counts requests in plain numbers, which prom-client gets at a scrape: it sorts and joins the labels each time. */
const createRequestTotals = (instruments: Instruments) => {
  const toOperation = createOperationNames();
  const ofOperations = new Map<string, RequestTotals[]>();
  const answers: OutcomeCounts = {};
  const waiting: RequestFinished[] = [];
  const catchUp = createCatchUp();

  const totalsOf = ({ operation: name, transport, outcome, isFastLane }: RequestFinished): RequestTotals => {
    const operation = toOperation(name);
    const ofOperation = ofOperations.get(operation) ?? [];
    for (const known of ofOperation) {
      const isSame = known.transport === transport && known.outcome === outcome;
      if (isSame && known.isFastLane === isFastLane) return known;
    }
    const seconds = instruments.requestSeconds.labels(operation);
    const totals = { operation, transport, outcome, isFastLane, seconds, requests: 0, bytes: 0 };
    ofOperations.set(operation, [...ofOperation, totals]);
    return totals;
  };

  const count = (event: RequestFinished): void => {
    const totals = totalsOf(event);
    totals.requests += 1;
    totals.bytes += event.bytes;
    if (event.transport === 'http') totals.seconds.observe(event.durationMs / 1_000);
    for (const outcome in event.tasks) {
      const name = outcome as TaskOutcome;
      answers[name] = (answers[name] ?? 0) + (event.tasks[name] ?? 0);
    }
  };

  const countWaiting = (): void => {
    for (const event of waiting) count(event);
    waiting.length = 0;
  };

  return {
    add: (event: RequestFinished): void => {
      waiting.push(event);
      if (waiting.length >= maxWaiting) countWaiting();
    },
    tell: (): void => {
      countWaiting();
      const bytes = { true: 0, false: 0 };
      for (const totals of [...ofOperations.values()].flat()) {
        const { operation, transport, outcome } = totals;
        const fastLane = `${totals.isFastLane}` as const;
        const labels = { operation, transport, outcome, fast_lane: fastLane };
        catchUp(instruments.requests, labels, totals.requests);
        bytes[fastLane] += totals.bytes;
      }
      for (const [fastLane, total] of Object.entries(bytes)) {
        catchUp(instruments.responseBytes, { fast_lane: fastLane }, total);
      }
      for (const [outcome, total] of Object.entries(answers))
        catchUp(instruments.answers, { outcome }, total);
    },
  };
};

type RequestTotalsOf = ReturnType<typeof createRequestTotals>;

const createRequestListener =
  (instruments: Instruments, totals: RequestTotalsOf): ((event: RequestEvent) => void) =>
  (event) => {
    switch (event.kind) {
      case 'request-finished':
        return totals.add(event);
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
  const counted = new Map<Counter, Map<string, number>>();
  return (counter: Counter, labels: Readonly<Record<string, string>>, total: number): void => {
    const ofCounter = counted.get(counter) ?? new Map<string, number>();
    counted.set(counter, ofCounter);
    const key = JSON.stringify(Object.values(labels));
    counter.inc(labels, total - (ofCounter.get(key) ?? 0));
    ofCounter.set(key, total);
  };
};

const setState = (instruments: Instruments, { providers, redis }: AppState, catchUp: CatchUp): void => {
  if (redis) instruments.redisUp.set(redis === 'works' ? 1 : 0);
  else instruments.redisUp.remove();
  for (const state of providers) {
    const { provider, account } = state;
    setProviderState(instruments, state);
    if (!account) continue;
    const { outcomes, ageMs } = account.shown;
    catchUp(instruments.shownAge, { provider }, ageMs / 1_000);
    for (const [outcome, total] of Object.entries(outcomes)) {
      catchUp(instruments.lookups, { provider, outcome, source: 'memory' }, total);
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
