import type { VendorRequest } from '../request.ts';
import type { AccountKeys } from '../signatures.ts';
import { createFindTask, type FindTask } from '../task-family.ts';
import type { Reply, Vendor } from '../vendor.ts';
import { answerAs, createVerify, refuse, refuseAs, succeed } from './protocol.ts';
import { type Job, type TranscodeData, transcodeTasks } from './scenarios.ts';

const MOST_JOB_IDS = 10;

/** Aliyun VOD `GetTranscodeTask`, version 2017-03-21, RPC style. */
export const aliyunVod: Vendor<'aliyun-vod', AccountKeys> = {
  credentials: {
    id: 'SANDBOX-ALIYUN-KEY',
    secret: 'not-a-secret-sandbox-aliyun',
    temporary: {
      id: 'STS.SANDBOX-ALIYUN-KEY',
      secret: 'not-a-secret-sandbox-aliyun-temporary',
      token: 'CAIS+sandbox/token=with special*~characters',
    },
  },
  environment: (endpoint, { id, secret }) => ({
    ALIBABA_CLOUD_ACCESS_KEY_ID: id,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
    ALIYUN_VOD_ENDPOINT: endpoint,
  }),
  createVerify,
  refuseAs,
  apis: [
    {
      provider: 'aliyun-vod',
      // help.aliyun.com/zh/vod/api-gettranscodetask: 15 per user
      callsPerSecond: 15,
      taskParameter: 'TranscodeTaskId',
      families: [transcodeTasks],
      createAnswer(openedAt) {
        const findTask = createFindTask(transcodeTasks, openedAt);
        return (request, now) => answer(findTask, request, now);
      },
    },
  ],
};

function answer(findTask: FindTask<TranscodeData>, request: VendorRequest, now: number): Reply {
  const taskId = request.parameters.get('TranscodeTaskId');
  const jobIds = request.parameters.get('JobIds')?.split(',');
  if (taskId) {
    const data = findTask(taskId, now);
    return data ? succeed(data) : answerAs(request, 'NoSuchResource');
  }
  if (!jobIds) return refuse(request, 'MissingParameter', 'TranscodeTaskId or JobIds is mandatory.');
  if (jobIds.length > MOST_JOB_IDS) return refuse(request, 'InvalidParameter', 'At most 10 JobIds.');
  const jobs = jobIds.map((jobId) => findJob(findTask, jobId, now));
  return succeed({
    TranscodeJobInfoList: jobs.filter((job) => job !== undefined),
    NonExistJobIds: jobIds.filter((_, index) => jobs[index] === undefined),
  });
}

/** A job is named after its task: `<task>-job-1`. */
function findJob(findTask: FindTask<TranscodeData>, jobId: string, now: number): Job | undefined {
  const taskId = /^(.+)-job-\d+$/.exec(jobId)?.[1] ?? '';
  const jobs = findTask(taskId, now)?.TranscodeTask.TranscodeJobInfoList;
  return jobs?.find((job) => job.TranscodeJobId === jobId);
}
