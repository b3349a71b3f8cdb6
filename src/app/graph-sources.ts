import type { Clock } from '../domain/clock.ts';
import { type ProviderName, toEnumValue } from '../domain/task.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MediaTaskProviderInfo } from '../generated/model.ts';
import type { Sources } from '../graphql/context.ts';
import { createLookup } from '../lookup/lookup.ts';
import {
  createTaskLookup,
  createUnconfiguredLookup,
  type JobLookup,
  type TaskLookup,
} from '../lookup/lookups.ts';
import { createJobView, createTaskView } from '../lookup/view.ts';
import { createFollowers } from '../subscriptions/followers.ts';
import type { ConfiguredProvider } from './accounts.ts';

export interface GraphSourcesOptions {
  readonly providers: readonly ConfiguredProvider[];
  /** The exchange of each provider that has an account. */
  readonly exchanges: ReadonlyMap<ProviderName, Exchange>;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/** The sources of the graph's data: lookups over each account's exchange, and the state of the providers. */
export const createGraphSources = (
  options: GraphSourcesOptions,
): Sources & { describeProviders(): MediaTaskProviderInfo[] } => {
  const { providers, exchanges, clock, deadlineMs } = options;
  const tasks = new Map<ProviderName, TaskLookup>();
  const jobs = new Map<string, JobLookup>();
  for (const { provider } of providers) {
    const { name, typename, jobKind } = provider;
    const exchange = exchanges.get(name);
    if (exchange) {
      tasks.set(name, createLookup({ view: createTaskView(typename), exchange, clock, deadlineMs }));
    }
    if (jobKind) {
      const view = createJobView(jobKind);
      const lookup = exchange
        ? createLookup({ view, exchange, clock, deadlineMs })
        : createUnconfiguredLookup(view);
      jobs.set(jobKind.typename, lookup);
    }
  }
  const lookup = createTaskLookup(tasks);
  return {
    lookup,
    jobs,
    clock,
    followers: createFollowers(lookup, clock),
    describeProviders: () =>
      providers.map(({ provider: { name }, quota }) => ({
        provider: toEnumValue(name),
        idPrefix: name,
        configured: exchanges.has(name),
        quota,
        breaker: exchanges.get(name)?.status.breaker ?? null,
      })),
  };
};
