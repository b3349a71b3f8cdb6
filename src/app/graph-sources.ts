import type { Clock } from '../domain/clock.ts';
import { type Emit, type ShownCounts, toEmitOfAccount } from '../domain/events.ts';
import { type ProviderName, toEnumValue } from '../domain/task.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MediaTaskProviderInfo } from '../generated/model.ts';
import type { Sources } from '../graphql/context.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { createLookup, createTaskLookup, createUnconfiguredLookup } from '../lookup/create-lookup.ts';
import type { JobLookup, TaskLookup } from '../lookup/lookup.ts';
import { createJobView, createTaskView } from '../lookup/view.ts';
import { createFollowers } from '../subscriptions/followers.ts';
import type { ConfiguredProvider } from './accounts.ts';

export interface GraphSourcesOptions {
  readonly providers: readonly ConfiguredProvider[];
  /** The exchange of each provider that has an account. */
  readonly exchanges: ReadonlyMap<ProviderName, Exchange>;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly slices?: TimeSlices;
  readonly emit: Emit;
}

/** The sources of the graph's data: lookups over each account's exchange, and the state of the providers. */
export const createGraphSources = (
  options: GraphSourcesOptions,
): Sources & {
  describeProviders(): MediaTaskProviderInfo[];
  /** What each provider's lookups have shown without waiting. */
  readonly shown: ReadonlyMap<ProviderName, ShownCounts>;
} => {
  const { providers, exchanges, clock, deadlineMs, slices, emit } = options;
  const tasks = new Map<ProviderName, TaskLookup>();
  const jobs = new Map<string, JobLookup>();
  const shown = new Map<ProviderName, ShownCounts>();
  for (const { provider, account } of providers) {
    const { name, typename, jobKind } = provider;
    const exchange = exchanges.get(name);
    const shownCounts: ShownCounts = { outcomes: {}, ageMs: 0 };
    const options = {
      clock,
      deadlineMs,
      shownCounts,
      ...(account ? { emit: toEmitOfAccount(emit, { provider: name, id: account.name }) } : {}),
    };
    if (exchange) {
      shown.set(name, shownCounts);
      tasks.set(name, createLookup({ view: createTaskView(typename), exchange, ...options }));
    }
    if (jobKind) {
      const view = createJobView(jobKind);
      const lookup = exchange ? createLookup({ view, exchange, ...options }) : createUnconfiguredLookup(view);
      jobs.set(jobKind.typename, lookup);
    }
  }
  const lookup = createTaskLookup(tasks);
  return {
    lookup,
    jobs,
    shown,
    clock,
    deadlineMs,
    ...(slices ? { slices } : {}),
    followers: createFollowers(lookup, clock, emit, slices?.next),
    describeProviders: () =>
      providers.map(({ provider: { name }, quota }) => {
        const status = exchanges.get(name)?.status;
        const { lastSuccessAgeMs } = status ?? {};
        return {
          provider: toEnumValue(name),
          idPrefix: name,
          configured: status !== undefined,
          quota,
          breaker: status?.breaker ?? null,
          callsInLastSecond: status?.callsInLastSecond ?? null,
          backlog: status?.backlog ?? null,
          backlogMs: status ? Math.ceil(status.backlogMs) : null,
          lastSuccessAt:
            lastSuccessAgeMs === undefined ? null : new Date(clock.now() - lastSuccessAgeMs).toISOString(),
        };
      }),
  };
};
