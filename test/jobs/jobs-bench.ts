import type { Clock } from '../../src/domain/clock.ts';
import type { JobKind } from '../../src/domain/provider.ts';
import type { Job, Snapshot } from '../../src/domain/task.ts';
import type { Account, Terms } from '../../src/lookup/account.ts';
import { createJobs } from '../../src/lookup/jobs.ts';

/** What the vendor says to one call. */
export type Say = (ids: readonly string[]) => Promise<ReadonlyMap<string, Job>> | ReadonlyMap<string, Job>;

export const partOf = (
  jobId: string,
  status: NonNullable<Job['status']> = 'SUCCEEDED',
): Job & { jobId: string } => ({
  __typename: 'Job',
  jobId,
  status,
  problem: null,
});

export const jobsOf = (
  ids: readonly string[],
  status?: NonNullable<Job['status']>,
): ReadonlyMap<string, Job> => new Map(ids.map((id) => [id, partOf(id, status)]));

const kind: JobKind = {
  typename: 'Job',
  keyField: 'jobId',
  rootField: 'jobs',
  argument: 'jobIds',
  mostPerCall: 3,
  separator: ',',
  jobsOf: (snapshot) => (snapshot as Snapshot & { jobs: ReadonlyMap<string, Job> }).jobs,
  open: () => undefined,
};

/** Jobs behind an account that lets every call through at once, three ids for each. */
export const openParts = (clock: Clock, { configured = true } = {}) => {
  const vendor: { say: Say } = { say: (ids) => jobsOf(ids) };
  const calls: string[][] = [];
  const terms: Terms[] = [];
  const account: Account = {
    breakerState: 'CLOSED',
    fullForMs: () => 0,
    ask: () => Promise.reject(new Error('No task is asked for.')),
    call: (send, given) => {
      terms.push(given);
      return send({ signal: new AbortController().signal });
    },
  };
  const fetchJobs = async (ids: readonly string[]) => {
    calls.push([...ids]);
    return vendor.say(ids);
  };
  const source = createJobs({
    kind,
    source: configured ? { account, fetchJobs } : undefined,
    clock,
    deadlineMs: 5_000,
    longestWaitMs: 4_000,
    redact: (text) => text.replaceAll('secret', '***'),
  });
  /** As `Jobs.find`, in a test that meets no bug. */
  const find = async (ids: readonly string[]): Promise<readonly Job[]> =>
    (await source.find(ids)).map((job) => {
      if (job instanceof Error) throw job;
      return job;
    });
  const jobs = { ...source, find };
  /** What a task's answer says of its jobs. */
  const learn = (ids: readonly string[], status?: NonNullable<Job['status']>) =>
    jobs.learn({ jobs: jobsOf(ids, status) } as unknown as Snapshot);
  return { jobs, vendor, calls, terms, learn };
};
