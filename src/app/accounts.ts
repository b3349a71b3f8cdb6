import { randomBytes } from 'node:crypto';
import { type Clock, createVendorClock, type VendorClock } from '../domain/clock.ts';
import type { Environment, FetchJobs, FetchTask, Provider, Quota, Tools } from '../domain/provider.ts';
import { createAccountIdentity } from './account-identity.ts';
import { readQuota } from './config.ts';

/** A provider as the environment has set it up. */
export interface ConfiguredProvider {
  readonly provider: Provider;
  readonly quota: Quota;
  /** Absent: no credentials. */
  readonly account?: Account;
}

/** One set of credentials at one vendor API. */
export interface Account {
  /** Names the account in Redis: another key id, endpoint or region is another account. */
  readonly name: string;
  /** A fingerprint of its secrets. */
  readonly fingerprint: string;
  /** See `AccountIdentity`. */
  readonly sealSecret: string;
  readonly leaseSecret: string;
  readonly vendorClock: VendorClock;
  readonly fetchTask: FetchTask;
  readonly fetchJobs: FetchJobs | undefined;
}

/** Lets every provider read its settings; faults are left in the environment. */
export const configureProviders = (
  providers: readonly Provider[],
  environment: Environment,
  clock: Clock,
): readonly ConfiguredProvider[] =>
  providers.map((provider) => {
    const quota = readQuota(environment, provider);
    const vendorClock = createVendorClock(clock);
    const tools: Tools = { now: vendorClock.now, randomHex };
    const identity = createAccountIdentity(environment);
    const fetchTask = provider.open(identity.environment, tools);
    if (!fetchTask) return { provider, quota };
    const account: Account = {
      name: identity.toAccount(provider.name),
      fingerprint: identity.toFingerprint(),
      sealSecret: identity.toSealSecret(),
      leaseSecret: identity.toLeaseSecret(),
      vendorClock,
      fetchTask,
      fetchJobs: provider.jobKind?.open(environment, tools),
    };
    return { provider, quota, account };
  });

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
