import { aliyunVod } from '../../../src/providers/aliyun-vod/index.ts';
import { readJsonFixture } from '../../conformance/fixture.ts';
import type { Harness } from '../../conformance/harness.ts';
import { type Json, ok, replaceAt } from '../../conformance/json.ts';
import { documentedFields } from './documented-fields.ts';

/** The JSON sample of the document. */
export const documented = readJsonFixture('aliyun-vod/document.json');

export const taskId = 'c3be4f073c3f4534893e7d5193ec8';

const job = (status: string): Json => ({
  TranscodeJobId: `job-${status}`,
  TranscodeJobStatus: status,
  TranscodeProgress: 50,
  CreationTime: '2019-02-26T08:27:16Z',
  ...(status === 'TranscodeFail' ? { ErrorCode: 'InvalidParameter.ResourceContentBad' } : {}),
  OutputFile: { OutputFileUrl: `http://bucket.oss-cn-shanghai.aliyuncs.com/${status}.mp4`, Filesize: 1 },
});

const jobsOf = new Map([
  ['Processing', ['Transcoding', 'Transcoding']],
  ['Partial', ['TranscodeSuccess', 'Transcoding']],
  ['CompleteAllSucc', ['TranscodeSuccess', 'TranscodeSuccess']],
  ['CompleteAllSucces', ['TranscodeSuccess']],
  ['CompeleteAllSucc', ['TranscodeSuccess']],
  ['CompletePartialSucc', ['TranscodeFail', 'TranscodeSuccess']],
  ['CompleteAllFail', ['TranscodeFail', 'TranscodeFail']],
]);

/** A success about the task of the document. */
export const withTask = (fields: Readonly<Record<string, Json>>): Json => ({
  RequestId: 'request-1',
  TranscodeTask: { TranscodeTaskId: taskId, ...fields },
});

/** A success with one job. */
export const withJob = (fields: Readonly<Record<string, Json>>): Json =>
  withTask({ TaskStatus: 'Processing', TranscodeJobInfoList: [{ TranscodeJobId: 'job-1', ...fields }] });

/** A success with one job that succeeded with this output. */
export const withOutputFile = (fields: Readonly<Record<string, Json>>): Json =>
  withJob({ TranscodeJobStatus: 'TranscodeSuccess', OutputFile: fields });

export const harness: Harness = {
  title: 'Aliyun VOD',
  provider: aliyunVod,
  credentials: {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-made-up-key',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'made-up+secret/of=aliyun',
  },
  settings: { ALIBABA_CLOUD_SECURITY_TOKEN: 'made-up+token/of=sts' },
  endpoint: { variable: 'ALIYUN_VOD_ENDPOINT' },
  key: { transcodeTaskId: taskId },
  signed: {
    time: ({ query }) => Date.parse(query.get('Timestamp') ?? ''),
    nonce: ({ query }) => query.get('SignatureNonce'),
  },
  full: replaceAt(documented, ['TranscodeTask', 'Trigger'], 'Auto'),
  fullStatus: 'SUCCEEDED',
  documentedFields,
  statusPath: ['TranscodeTask', 'TaskStatus'],
  taskIdPath: ['TranscodeTask', 'TranscodeTaskId'],
  minimal: { TranscodeTask: { TaskStatus: 'Processing' } },
  statuses: {
    Processing: 'RUNNING',
    Partial: 'RUNNING',
    CompleteAllSucc: 'SUCCEEDED',
    CompletePartialSucc: 'PARTIALLY_SUCCEEDED',
    CompleteAllFail: 'FAILED',
    // Misspelt so on the vendor's own English pages.
    CompleteAllSucces: 'SUCCEEDED',
    CompeleteAllSucc: 'SUCCEEDED',
  },
  withStatus: (word) =>
    withTask({ TaskStatus: word, TranscodeJobInfoList: (jobsOf.get(word) ?? []).map(job) }),
  unknownTask: {
    status: 404,
    body: '{"RequestId":"r","HostId":"vod","Code":"NoSuchResource","Message":"The specified resource Task does not exist."}',
  },
  errorCodes: [
    ['NoSuchResource', 'TASK_NOT_FOUND', 404],
    ['MissingParameter', 'REJECTED', 400],
    ['InvalidParameter', 'REJECTED', 400],
    ['UnsupportedOperation', 'REJECTED', 400],
    ['InvalidAction', 'REJECTED', 400],
    ['InvalidAction.NotFound', 'REJECTED', 404],
    ['NoSuchVersion', 'REJECTED', 400],
    ['Throttling', 'RATE_LIMITED', 400],
    ['Throttling.User', 'RATE_LIMITED', 400],
    ['Throttling.Api', 'RATE_LIMITED', 400],
    ['Forbidden', 'ACCESS_DENIED', 403],
    ['OperationDenied', 'ACCESS_DENIED', 403],
    ['OperationDenied.Suspended', 'ACCESS_DENIED', 403],
    ['SignatureDoesNotMatch', 'ACCESS_DENIED', 400, 403],
    ['SignatureNonceUsed', 'ACCESS_DENIED', 400],
    ['IncompleteSignature', 'ACCESS_DENIED', 400],
    ['InvalidTimeStamp.Expired', 'ACCESS_DENIED', 400],
    ['InvalidTimeStamp.Format', 'ACCESS_DENIED', 400],
    ['IllegalTimestamp', 'ACCESS_DENIED', 400],
    ['InvalidAccessKeyId.NotFound', 'ACCESS_DENIED', 400, 404],
    ['InvalidAccessKeyId.Inactive', 'ACCESS_DENIED', 400],
    ['InternalError', 'UNAVAILABLE', 500],
    ['ServiceUnAvailable', 'UNAVAILABLE', 503],
    ['ServiceUnavailable', 'UNAVAILABLE', 503],
  ],
  undocumentedCode: 'InvalidUnheard.Of',
  refusal: (Code, Message, status) => ({
    ...ok({ RequestId: 'refused-request', HostId: 'vod.cn-shanghai.aliyuncs.com', Code, Message }),
    status,
  }),
  throttled: {
    status: 400,
    body: '{"Code":"Throttling.User","Message":"Request was denied due to user flow throttling."}',
  },
};
