import { zego } from '../../../src/providers/zego/index.ts';
import { readJsonFixture } from '../../conformance/fixture.ts';
import type { ErrorCode, Harness } from '../../conformance/harness.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { documentedFields } from './documented-fields.ts';

/** The sample of the document, with its commas and with Huawei inside Data, as in the vendor's OpenAPI file. */
export const documented = readJsonFixture('zego/document.json');

export const tencentId = '1400341231-ComposeMedia-6fdfc967d7eb12f5e9b27f52519f1afatt0';
export const huaweiId = '289665200';

export const withTencent = (fields: Readonly<Record<string, Json>>): Json => ({
  Code: 0,
  Message: 'success',
  RequestId: 'request-1',
  Data: { Tencent: { TaskId: tencentId, ...fields } },
});

export const withHuawei = (fields: Readonly<Record<string, Json>>): Json => ({
  Code: 0,
  Message: 'success',
  RequestId: 'request-1',
  Data: { Huawei: { TaskId: huaweiId, ...fields } },
});

/** All codes come with HTTP 200. */
const code = (number: number, means: ErrorCode[1]): ErrorCode => [String(number), means, 200];

const shared = {
  provider: zego,
  credentials: { ZEGO_APP_ID: '1234567890', ZEGO_SERVER_SECRET: 'made-up-secret-of-zego-0123456789' },
  notSecret: ['ZEGO_APP_ID'],
  endpoint: { variable: 'ZEGO_ENDPOINT' },
  signed: {
    time: ({ query }) => Number(query.get('Timestamp')) * 1_000,
    nonce: ({ query }) => query.get('SignatureNonce'),
  },
  documentedFields,
  fullStatus: 'SUCCEEDED',
  codePath: ['Code'],
  errorCodes: [
    code(2, 'REJECTED'),
    code(3, 'ACCESS_DENIED'),
    code(4, 'REJECTED'),
    code(5, 'REJECTED'),
    code(6, 'RATE_LIMITED'),
    code(7, 'ACCESS_DENIED'),
    code(1_000, 'REJECTED'),
    code(100_000_000, 'REJECTED'),
    code(100_000_001, 'REJECTED'),
    code(100_000_002, 'REJECTED'),
    code(100_000_003, 'REJECTED'),
    code(100_000_004, 'ACCESS_DENIED'),
    code(100_000_005, 'ACCESS_DENIED'),
    code(100_000_006, 'REJECTED'),
    code(100_000_007, 'REJECTED'),
    code(100_000_008, 'REJECTED'),
    code(100_000_009, 'ACCESS_DENIED'),
    code(100_000_010, 'ACCESS_DENIED'),
    code(100_000_011, 'ACCESS_DENIED'),
    code(100_000_012, 'REJECTED'),
    code(100_000_013, 'REJECTED'),
    code(100_000_014, 'REJECTED'),
    code(100_000_015, 'UNAVAILABLE'),
    code(100_000_016, 'ACCESS_DENIED'),
    code(100_000_017, 'ACCESS_DENIED'),
  ],
  undocumentedCode: '1999',
  refusal: (word, Message, status) => ({
    ...ok({
      Code: /^\d+$/.test(word) ? Number(word) : word,
      Message,
      RequestId: 'refused-request',
      Data: {},
    }),
    status,
  }),
  throttled: ok({ Code: 6, Message: 'too frequent', RequestId: 'request-3' }),
} satisfies Partial<Harness>;

export const tencentHarness: Harness = {
  ...shared,
  title: 'ZEGO at Tencent',
  key: { vendor: 'TENCENT', taskId: tencentId },
  full: documented,
  statusPath: ['Data', 'Tencent', 'Status'],
  taskIdPath: ['Data', 'Tencent', 'TaskId'],
  minimal: { Code: 0, Data: { Tencent: { Status: 'WAITING' } } },
  statuses: { WAITING: 'QUEUED', PROCESSING: 'RUNNING', FINISH: 'SUCCEEDED', FAIL: 'FAILED' },
  withStatus: (Status) =>
    withTencent({
      Status,
      Event: 'transcode',
      ReplayUrl: 'https://vod.zego.im/1.mp4',
      Message: Status === 'FAIL' ? 'The file cannot be read.' : '',
    }),
  // Tencent's answer about an unknown task is not documented; Huawei's is read for both.
  unknownTask: ok(withTencent({ Status: 'NO_TASK' })),
};

export const huaweiHarness: Harness = {
  ...shared,
  title: 'ZEGO at Huawei',
  key: { vendor: 'HUAWEI', taskId: huaweiId },
  full: documented,
  statusPath: ['Data', 'Huawei', 'Status'],
  taskIdPath: ['Data', 'Huawei', 'TaskId'],
  minimal: { Code: 0, Data: { Huawei: { Status: 'WAITING' } } },
  statuses: {
    WAITING: 'QUEUED',
    PROCESSING: 'RUNNING',
    SUCCEEDED: 'SUCCEEDED',
    FAILED: 'FAILED',
    CANCELED: 'CANCELED',
  },
  withStatus: (Status) => withHuawei({ Status, FileName: ['record/0.jpg'] }),
  unknownTask: ok(withHuawei({ Status: 'NO_TASK' })),
};
