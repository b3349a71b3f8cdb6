import { randomBytes } from 'node:crypto';
import { type Clock, createSteadyClock } from '../domain/clock.ts';
import type {
  Environment,
  FetchParts,
  FetchTask,
  PartKind,
  Provider,
  Quota,
  Tools,
} from '../domain/provider.ts';
import { type ProviderName, toEnumValue } from '../domain/task.ts';
import type { MediaTaskProviderInfo } from '../generated/model.ts';
import type { Sources } from '../graphql/context.ts';
import { type Account, createAccount } from '../lookup/account.ts';
import { createFailoverSlots, holdMs } from '../lookup/failover-slots.ts';
import { createLookup, toLongestWaitMs } from '../lookup/lookup.ts';
import { createParts, type Parts } from '../lookup/parts.ts';
import { createMemorySlots, createQuotaGate, type Slots, toSpacingMs } from '../lookup/quota.ts';
import type { SharedMemory } from '../lookup/shared-memory.ts';
import { createSharedSlots } from '../lookup/shared-slots.ts';
import { createSharedTasks } from '../lookup/shared-tasks.ts';
import { createSharedTrials } from '../lookup/shared-trials.ts';
import { createVendorClock, type VendorClock } from '../lookup/skew.ts';
import { createWatchers } from '../subscriptions/followers.ts';
import { readQuota, type Settings } from './config.ts';

/** A provider as the environment has set it up. */
export interface Vendor {
  readonly provider: Provider;
  readonly quota: Quota;
  readonly vendorClock: VendorClock;
  /** Undefined: no credentials. */
  readonly fetchTask: FetchTask | undefined;
  readonly fetchParts: FetchParts | undefined;
}

/** Lets every provider read its settings; faults are left in the environment. */
export const openVendors = (
  providers: readonly Provider[],
  environment: Environment,
  get: Tools['get'],
  clock: Clock,
): readonly Vendor[] =>
  providers.map((provider) => {
    const vendorClock = createVendorClock(clock);
    const tools = { get, now: vendorClock.now, randomHex };
    return {
      provider,
      quota: readQuota(environment, provider),
      vendorClock,
      fetchTask: provider.open(environment, tools),
      fetchParts: provider.partKind?.open(environment, tools),
    };
  });

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** What everything between the graph and the vendors is made of. */
export interface SourceParts {
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
  parts: SourceParts,
): Sources & { describeProviders(): MediaTaskProviderInfo[] } => {
  const { vendors, settings, sharedMemory, version, redact, clock } = parts;
  const deadlineMs = settings.lookupDeadlineMs;
  const sharedTasks = sharedMemory && createSharedTasks(sharedMemory, deadlineMs, clock.now, version);
  const accounts = createAccounts(parts);
  const kinds = createKinds(parts, accounts);
  const lookup = createLookup({
    accounts,
    sharedTasks,
    clock,
    deadlineMs,
    redact,
    onSnapshot: (provider, snapshot) => kinds.get(provider)?.parts.learn(snapshot),
  });
  return {
    lookup,
    parts: new Map([...kinds.values()].map((kind) => [kind.typename, kind.parts])),
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

const createAccounts = (parts: SourceParts): Accounts => {
  const { vendors, settings, sharedMemory, fingerprint, clock } = parts;
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
  { settings, sharedMemory, clock }: Pick<SourceParts, 'settings' | 'sharedMemory' | 'clock'>,
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

type Kinds = ReadonlyMap<ProviderName, Pick<PartKind, 'typename'> & { readonly parts: Parts }>;

const createKinds = ({ vendors, settings, redact, clock }: SourceParts, accounts: Accounts): Kinds => {
  const deadlineMs = settings.lookupDeadlineMs;
  return new Map(
    vendors.flatMap(({ provider: { name, partKind: kind }, fetchParts }) => {
      if (!kind) return [];
      const account = accounts.get(name)?.account;
      const source = account && fetchParts && { account, fetchParts };
      const longestWaitMs = toLongestWaitMs(deadlineMs);
      const parts = createParts({ kind, source, clock, deadlineMs, longestWaitMs, redact });
      return [[name, { typename: kind.typename, parts }]];
    }),
  );
};
