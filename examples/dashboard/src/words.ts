import type {
  MediaTaskBreakerState,
  MediaTaskKind,
  MediaTaskProblemCode,
  MediaTaskProvider,
  MediaTaskStatus,
} from './gql/graphql.ts';

/** Plain words for what the schema names. The compiler finds a value that is new in the schema. */

export const vendorNames: Readonly<Record<MediaTaskProvider, string>> = {
  ALIYUN_VOD: 'Aliyun VOD',
  VISIONULAR: 'Visionular',
  VOLCENGINE_WEBCAST: 'Volcengine web cast',
  VOLCENGINE_WHITEBOARD: 'Volcengine whiteboard',
  ZEGO: 'ZEGO',
};

export const kindNames: Readonly<Record<MediaTaskKind, string>> = {
  VIDEO_TRANSCODE: 'video',
  DOCUMENT_TRANSCODE: 'document',
  WEB_CAST: 'cast',
  MERGE: 'merge',
  SNAPSHOT: 'snapshots',
  UNKNOWN: 'unknown kind',
};

/** A word; a sign and a class of the style sheet, so that neither color nor word is needed to find it. */
export interface Words {
  readonly name: string;
  readonly sign: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'busy' | 'quiet';
}

export const statuses: Readonly<Record<MediaTaskStatus, Words>> = {
  QUEUED: { name: 'Queued', sign: '…', tone: 'quiet' },
  RUNNING: { name: 'Running', sign: '▶', tone: 'busy' },
  SUCCEEDED: { name: 'Succeeded', sign: '✓', tone: 'good' },
  PARTIALLY_SUCCEEDED: { name: 'Partly succeeded', sign: '◐', tone: 'warn' },
  FAILED: { name: 'Failed', sign: '✕', tone: 'bad' },
  CANCELED: { name: 'Canceled', sign: '–', tone: 'quiet' },
  UNKNOWN: { name: 'Unknown', sign: '?', tone: 'quiet' },
};

export const problemNames: Readonly<Record<MediaTaskProblemCode, string>> = {
  TASK_NOT_FOUND: 'Not found',
  PROVIDER_NOT_CONFIGURED: 'Not set up',
  ACCESS_DENIED: 'Access denied',
  RATE_LIMITED: 'Over the quota',
  TIMEOUT: 'No answer in time',
  UNAVAILABLE: 'Vendor unavailable',
  BAD_RESPONSE: 'Unreadable answer',
  REJECTED: 'Request rejected',
};

export const breakers: Readonly<Record<MediaTaskBreakerState, Words>> = {
  CLOSED: { name: 'Reachable', sign: '●', tone: 'good' },
  OPEN: { name: 'Failing, paused', sign: '▲', tone: 'bad' },
  HALF_OPEN: { name: 'Failing, tried', sign: '▲', tone: 'warn' },
};

export const notConfigured: Words = { name: 'No credentials', sign: '○', tone: 'quiet' };

/** What a word for a task is made of. */
export interface Stated {
  readonly status: MediaTaskStatus | null;
  readonly problem?: { readonly code: MediaTaskProblemCode } | null;
}

export const wordsOf = ({ status, problem }: Stated): Words =>
  problem ? { name: problemNames[problem.code], sign: '!', tone: 'bad' } : statuses[status ?? 'UNKNOWN'];

/** `59 s`, `12 min`, `3 h` or `8 d`. */
export const toDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
};

export const toSize = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `codecName` is "codec name". */
export const toLabel = (name: string): string =>
  name.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
