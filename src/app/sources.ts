import { randomBytes } from 'node:crypto';
import { type Clock, createSteadyClock } from '../domain/clock.ts';
import type { Call, Environment, JobKind, Provider, Quota } from '../domain/provider.ts';
import { type ProviderName, toEnumValue } from '../domain/task.ts';
import type { MediaTaskProviderInfo } from '../generated/model.ts';
import type { Sources } from '../graphql/context.ts';
import { type Account, type Call as CallTerms, createAccount, type FetchTask } from '../lookup/account.ts';
import { createFailoverSlots, holdMs } from '../lookup/failover-slots.ts';
import { createJobs, type FetchJobs, type Jobs } from '../lookup/jobs.ts';
import { createLookup, toLongestWaitMs } from '../lookup/lookup.ts';
import { createMemorySlots, createQuotaGate, type Slots, toSpacingMs } from '../lookup/quota.ts';
import type { SharedMemory } from '../lookup/shared-memory.ts';
import { createSharedSlots } from '../lookup/shared-slots.ts';
import { createSharedTasks } from '../lookup/shared-tasks.ts';
import { createSharedTrials } from '../lookup/shared-trials.ts';
import { createVendorClock, type VendorClock } from '../lookup/skew.ts';
import { createWatchers } from '../subscriptions/followers.ts';
import type { HttpClient } from '../vendor-http/client.ts';
import { readQuota, type Settings } from './config.ts';

/** A provider as the environment has set it up. */
export interface Vendor {
  readonly provider: Provider;
  readonly quota: Quota;
  readonly vendorClock: VendorClock;
  /** Undefined: no credentials. */
  readonly fetchTask: FetchTask | undefined;
  readonly fetchJobs: FetchJobs | undefined;
}

/** Lets every provider read its settings; faults are left in the environment. */
export const openVendors = (
  providers: readonly Provider[],
  environment: Environment,
  http: Pick<HttpClient, 'get'>,
  clock: Clock,
): readonly Vendor[] =>
  providers.map((provider) => {
    const vendorClock = createVendorClock(clock);
    const tools = { now: vendorClock.now, randomHex };
    return {
      provider,
      quota: readQuota(environment, provider),
      vendorClock,
      fetchTask: bind(provider.open(environment, tools), http),
      fetchJobs: bind(provider.jobKind?.open(environment, tools), http),
    };
  });

/** What a provider asks for, it asks on the terms of its call. */
const bind = <Subject, Answer>(
  fetch: ((subject: Subject, call: Call) => Promise<Answer>) | undefined,
  http: Pick<HttpClient, 'get'>,
) =>
  fetch &&
  ((subject: Subject, { signal, leave }: CallTerms) =>
    fetch(subject, { get: (request) => http.get({ ...request, signal, confirm: leave }) }));

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** What everything between the graph and the vendors is made of. */
export interface SourceOptions {
  readonly vendors: readonly Vendor[];
  readonly settings: Settings;
  /** Undefined: this process is alone. */
  readonly sharedMemory: SharedMemory | undefined;
  /** Names the shape of tasks: replicas of other versions, as during a deployment, do not share with this one. */
  readonly version: string;
  /** Names the credentials: replicas that hold others do not take what these have been told for their own. */
  readonly fingerprint: string;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
}

/** Everything between the graph and the vendors. */
export const createSources = (
  options: SourceOptions,
): Sources & { describeProviders(): MediaTaskProviderInfo[] } => {
  const { vendors, settings, sharedMemory, version, redact, clock } = options;
  const deadlineMs = settings.lookupDeadlineMs;
  const sharedTasks = sharedMemory && createSharedTasks(sharedMemory, deadlineMs, clock.now, version);
  const accounts = createAccounts(options);
  const kinds = createKinds(options, accounts);
  const lookup = createLookup({
    accounts,
    sharedTasks,
    clock,
    deadlineMs,
    redact,
    onSnapshot: (provider, snapshot) => kinds.get(provider)?.jobs.learn(snapshot),
  });
  return {
    lookup,
    jobs: new Map([...kinds.values()].map((kind) => [kind.typename, kind.jobs])),
    watchers: createWatchers(lookup, clock),
    describeProviders: () =>
      vendors.map(({ provider: { name }, quota }) => ({
        provider: toEnumValue(name),
        idPrefix: name,
        configured: accounts.has(name),
        quota,
        breaker: accounts.get(name)?.account.breakerState ?? null,
      })),
  };
};

type Accounts = ReadonlyMap<ProviderName, { readonly account: Account; readonly spacingMs: number }>;

const createAccounts = (options: SourceOptions): Accounts => {
  const { vendors, settings, sharedMemory, fingerprint, clock } = options;
  const steadyClock = createSteadyClock(clock);
  return new Map(
    vendors.flatMap(({ provider: { name }, quota, vendorClock, fetchTask }) => {
      if (!fetchTask) return [];
      const slots = createSlots(name, quota, { settings, sharedMemory, clock: steadyClock });
      const gate = createQuotaGate(slots, quota, steadyClock);
      const flightMs = settings.lookupDeadlineMs;
      const trials =
        sharedMemory && createSharedTrials(sharedMemory, { provider: name, fingerprint, flightMs, clock });
      const account = createAccount({ fetchTask, gate, vendorClock, clock, random: Math.random, trials });
      return [[name, { account, spacingMs: toSpacingMs(quota) }]];
    }),
  );
};

/** An account's slots: this process's own, or those of all replicas while Redis is there to give them out. */
const createSlots = (
  provider: ProviderName,
  quota: Quota,
  { settings, sharedMemory, clock }: Pick<SourceOptions, 'settings' | 'sharedMemory' | 'clock'>,
): Slots => {
  const spacingMs = toSpacingMs(quota);
  if (!sharedMemory) return createMemorySlots(spacingMs, clock);
  return createFailoverSlots({
    shared: createSharedSlots(sharedMemory, { provider, spacingMs, holdMs, clock }),
    // Half of the limit for all replicas together: what one of them cannot see, it leaves room for.
    own: createMemorySlots(spacingMs * 2 * settings.replicas, clock),
    longestWaitMs: toLongestWaitMs(settings.lookupDeadlineMs),
    clock,
  });
};

type Kinds = ReadonlyMap<ProviderName, Pick<JobKind, 'typename'> & { readonly jobs: Jobs }>;

const createKinds = ({ vendors, settings, redact, clock }: SourceOptions, accounts: Accounts): Kinds => {
  const deadlineMs = settings.lookupDeadlineMs;
  return new Map(
    vendors.flatMap(({ provider: { name, jobKind: kind }, fetchJobs }) => {
      if (!kind) return [];
      const account = accounts.get(name)?.account;
      const source = account && fetchJobs && { account, fetchJobs };
      const longestWaitMs = toLongestWaitMs(deadlineMs);
      const jobs = createJobs({ kind, source, clock, deadlineMs, longestWaitMs, redact });
      return [[name, { typename: kind.typename, jobs }]];
    }),
  );
};
