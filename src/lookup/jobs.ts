import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';
import { LookupError, toRedacted } from '../domain/errors.ts';
import type { JobKind } from '../domain/provider.ts';
import type { Job, Snapshot } from '../domain/task.ts';
import type { Account, Call } from './account.ts';
import { toProblem } from './entry.ts';
import { failureBackoffMs, keepMsOfStatus } from './freshness.ts';

/** Finds jobs of tasks by their own ids. */
export interface Jobs {
  /**
   * The jobs, in the order of the ids, as many for one call to the vendor as it takes. An error is a bug of this
   * program: why the vendor's answer is missing is told in the job's `problem`.
   */
  find(ids: readonly string[]): Promise<readonly (Job | Error)[]>;
  /** Until when the last answer found for a job is as good as a new one, in ms since 1970. */
  freshUntil(id: string): number;
  /** Remembers the jobs in what the vendor said of their task. */
  learn(snapshot: Snapshot): void;
}

export type FetchJobs = (ids: readonly string[], call: Call) => Promise<ReadonlyMap<string, Job>>;

export interface JobsOptions {
  readonly kind: JobKind;
  /** Undefined: the provider has no credentials. */
  readonly source: { readonly account: Account; readonly fetchJobs: FetchJobs } | undefined;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly longestWaitMs: number;
  readonly redact: (text: string) => string;
}

/** Bounds memory: a job takes about 1 kB. */
const mostRemembered = 20_000;

export const createJobs = (options: JobsOptions): Jobs => {
  const { kind, source, clock, deadlineMs, longestWaitMs, redact } = options;
  const memories = new LRUCache<string, Job>({ max: mostRemembered, perf: clock, ttlResolution: 0, ttl: 1 });
  const flights = new Map<string, Promise<Job>>();

  const toProblemJob = (id: string, error: LookupError): Job => ({
    __typename: kind.typename,
    [kind.keyField]: id,
    status: null,
    problem: toProblem(toRedacted(error, redact)),
  });

  const keep = (id: string, job: Job, ms: number): Job => {
    memories.set(id, job, { ttl: ms });
    return job;
  };

  const ask = async (ids: readonly string[]): Promise<ReadonlyMap<string, Job>> => {
    if (!source)
      throw new LookupError('PROVIDER_NOT_CONFIGURED', 'This server holds no credentials for the provider.');
    const terms = { deadline: clock.now() + deadlineMs, maxWaitMs: longestWaitMs };
    return source.account.call((call) => source.fetchJobs(ids, call), terms);
  };

  const fly = async (ids: readonly string[]): Promise<ReadonlyMap<string, Job>> => {
    try {
      const known = await ask(ids);
      return new Map(
        ids.map((id) => {
          const job = known.get(id);
          return [
            id,
            job
              ? keep(id, job, keepMsOfStatus(job.status))
              : keep(id, toProblemJob(id, notFound), keepMsOfStatus('NOT_FOUND')),
          ];
        }),
      );
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      const restMs =
        error.details.reason?.kind === 'own-quota'
          ? 0
          : Math.max(failureBackoffMs, error.details.retryAfterMs ?? 0);
      return new Map(
        ids.map((id) => {
          // Its task may have told of it meanwhile.
          const known = memories.get(id);
          if (known) return [id, known];
          const job = toProblemJob(id, error);
          return [id, restMs > 0 ? keep(id, job, restMs) : job];
        }),
      );
    }
  };

  /** One flight for many jobs; each of them can be joined by others who want it. */
  const start = (ids: readonly string[]): void => {
    const landing = fly(ids);
    for (const id of ids) {
      const job = landing.then((jobs) => jobs.get(id) as Job).finally(() => flights.delete(id));
      flights.set(id, job);
    }
  };

  return {
    find: async (ids) => {
      const found = new Map<string, Job | Promise<Job>>();
      for (const id of ids) {
        const known = memories.get(id) ?? flights.get(id);
        if (known) found.set(id, known);
      }
      const unknown = [...new Set(ids)].filter((id) => !found.has(id));
      for (let first = 0; first < unknown.length; first += kind.mostPerCall) {
        start(unknown.slice(first, first + kind.mostPerCall));
      }
      return Promise.all(ids.map((id) => settle(found.get(id) ?? (flights.get(id) as Promise<Job>))));
    },
    freshUntil: (id) => clock.now() + memories.getRemainingTTL(id),
    learn: (snapshot) => {
      for (const [id, job] of kind.jobsOf(snapshot)) keep(id, job, keepMsOfStatus(job.status));
    },
  };
};

const settle = async (job: Job | Promise<Job>): Promise<Job | Error> => {
  try {
    return await job;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const notFound = new LookupError(
  'TASK_NOT_FOUND',
  'The vendor knows no such job, or does not keep it any more.',
);
