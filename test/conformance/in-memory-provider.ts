import { createHash } from 'node:crypto';
import { defineProvider, type Reply } from '../../src/domain/provider.ts';
import type { ProviderName, Snapshot } from '../../src/domain/task.ts';
import type {
  MediaTaskFailure,
  MediaTaskOutput,
  MediaTaskProblemCode,
  MediaTaskStatus,
} from '../../src/generated/model.ts';
import { toCanonicalQuery, toPath } from '../../src/vendor-http/query.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readInt,
  readIsoTime,
  readList,
  readLong,
  readObject,
  readPercent,
  readText,
  readWord,
  requireObject,
  requireSameTask,
} from '../../src/vendor-http/read.ts';
import { toProblemCode, toRefusalError } from '../../src/vendor-http/refusal.ts';

/** A small fictitious vendor with one case of everything that the contract covers. */
export const inMemorySdl = `
  extend type Query { inMemoryTask(shelf: Shelf!, taskId: ID!): InMemoryTask }
  extend enum MediaTaskProvider { IN_MEMORY }
  enum Shelf { LEFT RIGHT }
  type InMemoryTask implements MediaTask @key(fields: "id") @key(fields: "shelf taskId") {
    id: ID! provider: MediaTaskProvider! kind: MediaTaskKind status: MediaTaskStatus vendorStatus: String
    isFinal: Boolean progress: Int createdAt: DateTime startedAt: DateTime finishedAt: DateTime
    failure: MediaTaskFailure outputs: [MediaTaskOutput!] vendorRequestId: String fetchedAt: DateTime
    stale: Boolean! nextPollAfterMs: Int problem: MediaTaskProblem
    shelf: Shelf! taskId: ID! weight: Int
  }
`;

const states: ReadonlyMap<string, MediaTaskStatus> = new Map([
  ['new', 'QUEUED'],
  ['busy', 'RUNNING'],
  ['done', 'SUCCEEDED'],
  ['partly', 'PARTIALLY_SUCCEEDED'],
  ['broken', 'FAILED'],
  ['stopped', 'CANCELED'],
]);

const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([
  ['E_NONE', 'TASK_NOT_FOUND'],
  ['E_SLOWER', 'RATE_LIMITED'],
  ['E_WHO', 'ACCESS_DENIED'],
  ['E_WHAT', 'REJECTED'],
  ['E_SICK', 'UNAVAILABLE'],
]);

const name: string = 'in-memory';

/** Has the key in a signed query. */
export const inMemory = defineProvider({
  name: name as ProviderName,
  typename: 'InMemoryTask',
  keyFields: [{ name: 'shelf', oneOf: ['LEFT', 'RIGHT'] }, { name: 'taskId' }],
  quota: { calls: 5, perMs: 1_000 },
  open: (environment, { now, randomHex }) => {
    const endpoint = environment.url('IN_MEMORY_ENDPOINT', 'http://127.0.0.1:9');
    const credentials = environment.credentials('IN_MEMORY_USER', 'IN_MEMORY_SECRET');
    if (!credentials) return undefined;
    return async ({ shelf, taskId }, call) => {
      const parameters = {
        shelf,
        taskId,
        user: credentials.IN_MEMORY_USER,
        nonce: randomHex(8),
        at: String(Math.floor(now() / 1_000)),
      };
      const query = toCanonicalQuery(parameters);
      const signature = createHash('sha256').update(`${query}${credentials.IN_MEMORY_SECRET}`).digest('hex');
      const reply = await call.get({ url: `${endpoint}/?${query}&Signature=${signature}` });
      return readReply(reply, taskId, now());
    };
  },
});

/** Has the key in the path and a bearer token: the most common form of an API. */
export const inMemoryByPath = defineProvider({
  ...inMemory,
  keyFields: [{ name: 'shelf', oneOf: ['LEFT', 'RIGHT'] }, { name: 'taskId' }],
  open: (environment, { now }) => {
    const endpoint = environment.url('IN_MEMORY_ENDPOINT', 'http://127.0.0.1:9');
    const credentials = environment.credentials('IN_MEMORY_TOKEN');
    if (!credentials) return undefined;
    const headers = { authorization: `Bearer ${credentials.IN_MEMORY_TOKEN}` };
    return async ({ shelf, taskId }, call) => {
      const path = toPath('v1', 'shelves', shelf.toLowerCase(), 'tasks', taskId);
      return readReply(await call.get({ url: `${endpoint}${path}`, headers }), taskId, now());
    };
  },
});

const readReply = (reply: Reply, taskId: string, now: number): Snapshot | null => {
  const body = parseBody(reply.body);
  const vendorCode = readText(readField(body, 'error'));
  const problemCode =
    vendorCode === null
      ? toProblemCode(reply.status)
      : (problemCodes.get(vendorCode) ?? toProblemCode(reply.status) ?? 'REJECTED');
  if (problemCode === 'TASK_NOT_FOUND') return null;
  const vendorRequestId = readText(readField(body, 'request'));
  if (problemCode) {
    const message = readText(readField(body, 'words'));
    throw toRefusalError(problemCode, { vendorCode, message, vendorRequestId }, reply, now);
  }
  const task = requireObject(readField(requireObject(body), 'task'), "The vendor's answer has no task.");
  requireSameTask(readField(task, 'id'), taskId);
  return toSnapshot(task, vendorRequestId);
};

const toSnapshot = (
  task: JsonObject,
  vendorRequestId: string | null,
): Snapshot & { weight: number | null } => {
  const vendorStatus = readText(readField(task, 'state'));
  const status = readWord(states, vendorStatus, 'UNKNOWN');
  const failed = status === 'FAILED' || status === 'PARTIALLY_SUCCEEDED';
  const succeeded = status === 'SUCCEEDED' || status === 'PARTIALLY_SUCCEEDED';
  return {
    kind: 'MERGE',
    status,
    vendorStatus,
    progress: readPercent(readField(task, 'percent')),
    createdAt: readIsoTime(readField(task, 'made')),
    startedAt: readIsoTime(readField(task, 'begun')),
    finishedAt: readIsoTime(readField(task, 'ended')),
    failure: failed ? readFailure(task) : null,
    outputs: succeeded ? readList(readField(task, 'files'), toOutput) : [],
    vendorRequestId,
    weight: readInt(readField(task, 'weight')),
  };
};

const readFailure = (task: JsonObject): MediaTaskFailure | null => {
  const message = readText(readField(task, 'why'));
  return message ? { code: null, message } : null;
};

const toOutput = (item: unknown): MediaTaskOutput | null => {
  const file = readObject(item);
  const url = readText(readField(file, 'url'));
  return url === null
    ? null
    : {
        kind: 'VIDEO',
        url,
        urlExpiresAt: null,
        objectKey: null,
        format: null,
        sizeBytes: readLong(readField(file, 'bytes')),
        durationSeconds: null,
        bitrateKbps: null,
        width: null,
        height: null,
      };
};
