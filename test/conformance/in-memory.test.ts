import { row } from './documented-field.ts';
import type { Harness } from './harness.ts';
import { inMemory, inMemoryByPath, inMemorySdl } from './in-memory-provider.ts';
import { type Json, ok } from './json.ts';
import { describeConformance } from './suite.ts';

const task = {
  id: 'task-1',
  state: 'done',
  percent: 100,
  made: '2026-03-04T10:00:00Z',
  begun: '2026-03-04T10:00:01Z',
  ended: '2026-03-04T10:00:02Z',
  why: 'It is what it is.',
  files: [{ url: 'https://files.example/1.mp4', bytes: 5_000_000_000 }],
  weight: 7,
};

const withTask = (fields: Readonly<Record<string, Json>>): Json => ({
  request: 'r-1',
  task: { ...task, ...fields },
});

const harness: Harness = {
  title: 'A fictitious provider',
  provider: inMemory,
  extraSdl: inMemorySdl,
  credentials: { IN_MEMORY_USER: 'made-up-user', IN_MEMORY_SECRET: 'made-up+secret/word=%20' },
  endpoint: { variable: 'IN_MEMORY_ENDPOINT' },
  key: { shelf: 'LEFT', taskId: 'task-1' },
  signed: {
    time: ({ query }) => Number(query.get('at')) * 1_000,
    nonce: ({ query }) => query.get('nonce'),
  },
  full: withTask({}),
  fullStatus: 'SUCCEEDED',
  statusPath: ['task', 'state'],
  taskIdPath: ['task', 'id'],
  documentedFields: [
    row('weight', 'InMemoryTask.weight'),
    row('files.bytes', 'InMemoryTask.outputs', 'MediaTaskOutput.sizeBytes'),
  ],
  minimal: { task: { state: 'new' } },
  statuses: {
    new: 'QUEUED',
    busy: 'RUNNING',
    done: 'SUCCEEDED',
    partly: 'PARTIALLY_SUCCEEDED',
    broken: 'FAILED',
    stopped: 'CANCELED',
  },
  withStatus: (state) => withTask({ state }),
  unknownTask: { status: 404, body: '{"error":"E_NONE"}' },
  errorCodes: [
    ['E_NONE', 'TASK_NOT_FOUND', 200, 404],
    ['E_SLOWER', 'RATE_LIMITED', 200, 429],
    ['E_WHO', 'ACCESS_DENIED', 200, 403],
    ['E_WHAT', 'REJECTED', 200, 400],
    ['E_SICK', 'UNAVAILABLE', 200, 503],
  ],
  undocumentedCode: 'E_UNDOCUMENTED',
  refusal: (error, words, status) => ({ ...ok({ error, words, request: 'refused-request' }), status }),
  throttled: { ...ok({ error: 'E_SLOWER' }), status: 429 },
};

const { signed: _signed, ...unsigned } = harness;

/** The suite on minimal providers that keep the contract: a test of the tests. */
describeConformance(harness);
describeConformance({
  ...unsigned,
  title: 'A fictitious provider with the key in the path and a bearer token',
  provider: inMemoryByPath,
  credentials: { IN_MEMORY_TOKEN: 'made-up-bearer-token' },
  sentInHeader: ['IN_MEMORY_TOKEN'],
  endpoint: { variable: 'IN_MEMORY_ENDPOINT', path: '/api' },
});
