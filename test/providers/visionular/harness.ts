import { visionular } from '../../../src/providers/visionular/index.ts';
import { readJsonFixture } from '../../conformance/fixture.ts';
import type { Harness } from '../../conformance/harness.ts';
import { type Json, ok, replaceAt } from '../../conformance/json.ts';
import { documentedFields } from './documented-fields.ts';

/** The sample of the document, with its missing commas. */
export const documented = readJsonFixture('visionular/document.json');

export const taskId = '202111********78769ad64d9';

/** A success about the task of the document. */
export const withData = (fields: Readonly<Record<string, Json>>): Json => ({
  code: 0,
  msg: 'success',
  data: { task_id: taskId, ...fields },
});

const endings = new Map<string, Readonly<Record<string, Json>>>([
  ['fail', { err_code: 17, err_message: 'The input cannot be read.', output_url: 'https://bucket/none.mp4' }],
  ['failed', { message: 'The input cannot be read.', output: 'none.mp4' }],
]);
const fine = { output_url: 'https://bucket/some.mp4', err_code: 0, err_message: 'success' };

/** How the document's generation of the API is asked, but with HTTP Basic. */
export const harness: Harness = {
  title: 'Visionular with HTTP Basic',
  provider: visionular,
  credentials: {
    VISIONULAR_ACCESS_KEY: 'made-up-key-0001',
    VISIONULAR_SECRET_KEY: 'made-up-secret-of-visionular',
  },
  endpoint: { variable: 'VISIONULAR_ENDPOINT', path: '/vodencoding/v1/query_task' },
  key: { taskId },
  full: replaceAt(documented, ['data', 'output'], 'yushan1/output/testttttt.mp4'),
  fullStatus: 'SUCCEEDED',
  documentedFields,
  statusPath: ['data', 'status'],
  taskIdPath: ['data', 'task_id'],
  codePath: ['code'],
  minimal: { code: 0, data: { status: 'pending' } },
  statuses: {
    pending: 'QUEUED',
    running: 'RUNNING',
    downloading: 'RUNNING',
    uploading: 'RUNNING',
    success: 'SUCCEEDED',
    fail: 'FAILED',
    // So in the newer API.
    succeeded: 'SUCCEEDED',
    failed: 'FAILED',
  },
  withStatus: (status) => withData({ status, ...(endings.get(status) ?? fine) }),
  unknownTask: { body: '{"code":1004,"msg":"empty result"}' },
  errorCodes: [
    ['1000', 'UNAVAILABLE', 200, 500],
    ['1001', 'REJECTED', 200, 400],
    ['1002', 'REJECTED', 200, 400],
    ['1003', 'ACCESS_DENIED', 200, 401],
    ['1004', 'TASK_NOT_FOUND', 200, 404],
    ['1005', 'UNAVAILABLE', 200],
    ['1006', 'REJECTED', 200],
  ],
  undocumentedCode: '1999',
  refusal: (code, msg, status) => ({
    ...ok({ code: /^\d+$/.test(code) ? Number(code) : code, msg, request_id: 'refused-request' }),
    status,
  }),
  // The vendor documents no code for it.
  throttled: { status: 429, body: '{"msg":"too many requests"}' },
};

/** The same vendor, asked with the signature of its older API. */
export const v1Harness: Harness = {
  ...harness,
  title: 'Visionular with the V1 signature',
  settings: { VISIONULAR_AUTH: 'v1' },
  endpoint: { variable: 'VISIONULAR_ENDPOINT', path: '/api/query_task' },
  signed: {
    time: ({ headers }) => Date.parse(headers.date ?? ''),
    nonce: ({ headers }) => String(headers['x-wz-nonce']),
  },
};
