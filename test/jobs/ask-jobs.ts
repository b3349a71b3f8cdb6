import type { Answer, Stack } from '../support/stack.ts';

/** A job as the tests select it. */
export interface Job {
  readonly transcodeJobId: string;
  readonly status: string | null;
  readonly problem: {
    readonly code: string;
    readonly retryable: boolean;
    readonly retryAfterMs: number | null;
  } | null;
}

export const jobFields = 'transcodeJobId status problem { code retryable retryAfterMs }';

export const jobsQuery = `query ($ids: [ID!]!) { aliyunTranscodeJobs(transcodeJobIds: $ids) { ${jobFields} } }`;

export type JobsAnswer = Answer<{ readonly aliyunTranscodeJobs: readonly (Job | null)[] }>;

export const askJobs = (stack: Stack, ids: readonly string[]): Promise<JobsAnswer> =>
  stack.ask(jobsQuery, { ids });

/** Ids of jobs that have already succeeded; each call gives new ones. */
export const createJobIds = () => {
  let task = 0;
  return (count: number): string[] =>
    Array.from({ length: count }, (_, index) => {
      if (index % 2 === 0) task += 1;
      return `done-${task}-job-${(index % 2) + 1}`;
    });
};

export const succeeded = (transcodeJobId: string): Job => ({
  transcodeJobId,
  status: 'SUCCEEDED',
  problem: null,
});
