import type { Answer, Content } from '../../src/domain/answer.ts';
import { LookupError, type LookupErrorDetails } from '../../src/domain/errors.ts';
import type { ProviderName, Snapshot } from '../../src/domain/task.ts';
import type { TaskRef } from '../../src/domain/task-id.ts';
import type { MediaTaskOutput, MediaTaskProblemCode, MediaTaskStatus } from '../../src/generated/model.ts';
import type { Caller } from '../../src/lookup/lookup.ts';

export const statuses = [
  'QUEUED',
  'RUNNING',
  'UNKNOWN',
  'SUCCEEDED',
  'PARTIALLY_SUCCEEDED',
  'FAILED',
  'CANCELED',
] as const satisfies readonly MediaTaskStatus[];

export const problemCodes = [
  'TASK_NOT_FOUND',
  'PROVIDER_NOT_CONFIGURED',
  'ACCESS_DENIED',
  'RATE_LIMITED',
  'TIMEOUT',
  'UNAVAILABLE',
  'BAD_RESPONSE',
  'REJECTED',
] as const satisfies readonly MediaTaskProblemCode[];

export const finalStatuses = ['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'CANCELED'] as const;

export const refOf = (taskId = 'task-1', provider: ProviderName = 'zego'): TaskRef => ({
  provider,
  typename: 'ZegoMediaTask',
  key: { vendor: 'TENCENT', taskId },
  id: `${provider}:tencent:${encodeURIComponent(taskId)}`,
});

export const snapshotOf = (status: MediaTaskStatus | null, fields: Partial<Snapshot> = {}): Snapshot => ({
  kind: 'VIDEO_TRANSCODE',
  status,
  vendorStatus: status,
  progress: null,
  createdAt: null,
  startedAt: null,
  finishedAt: null,
  failure: null,
  outputs: [],
  vendorRequestId: 'request-1',
  ...fields,
});

export const outputOf = (fields: Partial<MediaTaskOutput> = {}): MediaTaskOutput => ({
  bitrateKbps: null,
  durationSeconds: null,
  format: 'mp4',
  height: null,
  kind: 'VIDEO',
  objectKey: null,
  sizeBytes: null,
  url: 'https://media.example/1.mp4',
  urlExpiresAt: null,
  width: null,
  ...fields,
});

/** An answer that the vendor gave at this moment of `Clock.elapsed`. */
export const answerOf = (
  content: Content | null,
  fetchedAt = 0,
  fields: Partial<Pick<Answer, 'checkedAt' | 'contradictedAt'>> = {},
): Answer => ({ content, fetchedAt, checkedAt: fetchedAt, ...fields });

export const failureOf = (
  code: MediaTaskProblemCode = 'UNAVAILABLE',
  details: LookupErrorDetails = {},
): LookupError => new LookupError(code, `The vendor failed: ${code}.`, details);

/** A caller without a deadline of its own. */
export const callerOf = (request = 'viewer', fields: Partial<Caller> = {}): Caller => ({
  identity: '',
  request,
  deadlineAt: Number.POSITIVE_INFINITY,
  ...fields,
});
