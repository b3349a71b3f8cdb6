import { randomBytes } from 'node:crypto';
import type { Content } from '../domain/answer.ts';
import { type Clock, createVendorClock, type VendorClock } from '../domain/clock.ts';
import { InvalidInputError, LookupError } from '../domain/errors.ts';
import type { Environment, FetchJobs, FetchTask, Key, Provider, Quota, Tools } from '../domain/provider.ts';
import type { Snapshot } from '../domain/task.ts';
import { decodeTaskId } from '../domain/task-id.ts';
import type { Operation } from '../owner/owner.ts';
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
  readonly operations: readonly Operation[];
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
    const fetchJobs = provider.jobKind?.open(environment, tools);
    const account: Account = {
      name: identity.toAccount(provider.name),
      fingerprint: identity.toFingerprint(),
      sealSecret: identity.toSealSecret(),
      leaseSecret: identity.toLeaseSecret(),
      vendorClock,
      operations: toOperations(provider, fetchTask, fetchJobs),
    };
    return { provider, quota, account };
  });

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

const toOperations = (
  provider: Provider,
  fetchTask: FetchTask,
  fetchJobs: FetchJobs | undefined,
): readonly Operation[] => {
  const { typename, jobKind } = provider;
  const tasks: Operation = {
    typename,
    maxBatch: 1,
    fetch: async ([id = ''], call) => {
      const snapshot = await fetchTask(toKey(provider, id), call);
      return new Map(snapshot ? [[id, snapshot]] : []);
    },
    ...(jobKind ? { learn: (content) => toJobContents(jobKind, content) } : {}),
  };
  if (!jobKind || !fetchJobs) return [tasks];
  const jobs: Operation = { typename: jobKind.typename, maxBatch: jobKind.mostPerCall, fetch: fetchJobs };
  return [tasks, jobs];
};

/** Ids that this process was asked for are well-formed; those that another replica wants need not be. */
const toKey = (provider: Provider, id: string): Key => {
  try {
    return decodeTaskId([provider], id).key;
  } catch (error) {
    if (error instanceof InvalidInputError) throw new LookupError('REJECTED', error.message);
    throw error;
  }
};

/** The jobs in a task, whose snapshot is known to be the provider's own. */
const toJobContents = function* (
  { typename, jobsOf }: NonNullable<Provider['jobKind']>,
  content: Content,
): Generator<readonly [{ typename: string; id: string }, Content]> {
  for (const [id, job] of jobsOf(content as Snapshot)) yield [{ typename, id }, job];
};
