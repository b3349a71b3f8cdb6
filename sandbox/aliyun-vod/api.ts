import { randomUUID } from 'node:crypto';
import { createLives } from '../life.ts';
import { createStoryteller, type Storyteller } from '../stories.ts';
import type { Reply, Trouble, VendorApi, VendorRequest, VendorSetting } from '../vendor-api.ts';
import { documentAnswer } from './document.ts';
import { answerNoSuchTask, type RefusalCode, refuse } from './refusals.ts';
import { aliyunVodStories, type Job, type Telling, tellLivingTask } from './stories.ts';
import { createVerify } from './verify.ts';
import { toXml } from './xml.ts';

const MOST_JOB_IDS = 10;

const troubles: Record<Trouble, RefusalCode> = {
  throttled: 'Throttling.User',
  wrongCredentials: 'SignatureDoesNotMatch',
  internalError: 'InternalError',
  unavailable: 'ServiceUnAvailable',
};

/** Aliyun VOD `GetTranscodeTask`, version 2017-03-21, RPC style. */
export function createAliyunVod({ credentials, openedAt }: VendorSetting): VendorApi {
  const tell = createStoryteller({
    stories: aliyunVodStories,
    tellLiving: tellLivingTask,
    lives: createLives(),
    openedAt,
  });
  return {
    provider: 'aliyun-vod',
    // help.aliyun.com/zh/vod/api-gettranscodetask: 15 per user
    callsPerSecond: 15,
    methods: ['GET', 'POST'],
    paths: ['/'],
    taskParameters: ['TranscodeTaskId'],
    verify: createVerify([credentials.aliyunVod, credentials.aliyunVodTemporary]),
    answer: (request, now) => answer(tell, request, now),
    refuse: (trouble, request) => refuse(troubles[trouble], request),
    write: writeXmlUnlessJson,
  };
}

function answer(tell: Storyteller<Telling>, request: VendorRequest, now: number): Reply {
  const taskId = request.parameters.get('TranscodeTaskId');
  const jobIds = request.parameters.get('JobIds')?.split(',');
  if (taskId) {
    const telling = tell(taskId, now);
    return telling ? succeed(telling) : answerNoSuchTask(request);
  }
  if (!jobIds) return refuse('MissingParameter', request, 'TranscodeTaskId or JobIds is mandatory.');
  if (jobIds.length > MOST_JOB_IDS) return refuse('InvalidParameter', request, 'At most 10 JobIds.');
  return succeed(tellJobs(tell, jobIds, now));
}

/** RequestId comes first so that the document's own answer keeps its own. */
function succeed(telling: Telling): Reply {
  return { status: 200, body: { RequestId: randomUUID().toUpperCase(), ...telling } };
}

function tellJobs(tell: Storyteller<Telling>, jobIds: readonly string[], now: number): Telling {
  const found = jobIds.map((jobId) => findJob(tell, jobId, now));
  return {
    TranscodeJobInfoList: found.filter((job) => job !== undefined),
    NonExistJobIds: jobIds.filter((_, index) => found[index] === undefined),
  };
}

/** A job is named after its task, `<task>-job-1`, but for those of the document's answer. */
function findJob(tell: Storyteller<Telling>, jobId: string, now: number): Job | undefined {
  const taskId = /^(.+)-job-\d+$/.exec(jobId)?.[1] ?? documentAnswer.TranscodeTask.TranscodeTaskId;
  const telling = tell(taskId, now);
  const jobs = telling?.TranscodeTask?.TranscodeJobInfoList ?? telling?.TranscodeJobInfoList;
  return jobs?.find((job) => job.TranscodeJobId === jobId);
}

/** The vendor's default format is XML ("Common parameters"). */
function writeXmlUnlessJson(reply: Reply, { parameters }: VendorRequest) {
  if (parameters.get('Format')?.toLowerCase() === 'json') return undefined;
  const root = reply.status === 200 ? 'GetTranscodeTaskResponse' : 'Error';
  return {
    contentType: 'text/xml; charset=utf-8',
    text: `<?xml version="1.0" encoding="UTF-8"?>${toXml(root, reply.body)}`,
  };
}
