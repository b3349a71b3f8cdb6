import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { justAnswered, openDatedStack, uuid } from '../support/all-fields.ts';

/** Every field of ZEGO's tasks at either cloud. */

let stack: Awaited<ReturnType<typeof openDatedStack>>;

beforeAll(async () => {
  stack = await openDatedStack();
});

afterAll(() => stack.close());

/** What every finished task of ZEGO has besides. */
const finished = {
  ...justAnswered,
  __typename: 'ZegoMediaTask',
  provider: 'ZEGO',
  progress: 100,
  startedAt: null,
  failure: null,
  vendorRequestId: expect.stringMatching(/^\d{1,20}$/),
  code: 0,
  message: 'success',
};

const nothingMeasured = {
  urlExpiresAt: null,
  sizeBytes: null,
  durationSeconds: null,
  bitrateKbps: null,
  width: null,
  height: null,
};

const thumbnails = [
  'http://vod-tc-restorefile.zego.example/sandbox/sampleSnapshot/sampleSnapshot_10_0.jpg',
  'http://vod-tc-restorefile.zego.example/sandbox/sampleSnapshot/sampleSnapshot_10_2.jpg',
];

const replayUrl = 'https://replay.zego.example/sandbox/5285890813738446783/media.mp4';

const pictures = [
  'record/pickrecord/command_record/sandbox/0.jpg',
  'record/pickrecord/command_record/sandbox/10.jpg',
];

const whileRunning = {
  ...finished,
  progress: null,
  isFinal: false,
  nextPollAfterMs: expect.any(Number),
};

describe('all fields of', () => {
  it('a merge at Tencent, with thumbnails', async () => {
    expect(await stack.selectAllFields('ZegoMediaTask', 'zego:tencent:compose')).toEqual({
      ...finished,
      id: 'zego:tencent:compose',
      kind: 'MERGE',
      status: 'SUCCEEDED',
      vendorStatus: 'FINISH',
      createdAt: null,
      finishedAt: null,
      outputs: [
        { ...nothingMeasured, kind: 'VIDEO', url: replayUrl, objectKey: null, format: 'mp4' },
        { ...nothingMeasured, kind: 'IMAGE', url: thumbnails[0], objectKey: null, format: 'jpg' },
        { ...nothingMeasured, kind: 'IMAGE', url: thumbnails[1], objectKey: null, format: 'jpg' },
      ],
      vendor: 'TENCENT',
      taskId: 'compose',
      detail: {
        __typename: 'ZegoTencentTask',
        taskId: 'compose',
        event: 'compose',
        eventKind: 'COMPOSE',
        status: 'SUCCEEDED',
        vendorStatus: 'FINISH',
        fileId: '5285890813738446783',
        replayUrl,
        requestId: expect.stringMatching(uuid),
        message: null,
        thumbnailsUrl: thumbnails,
      },
    });
  });

  it.each(['succeeded', 'beside-data'])(
    'snapshots at Huawei, wherever the answer puts them: %s',
    async (taskId) => {
      expect(await stack.selectAllFields('ZegoMediaTask', `zego:huawei:${taskId}`)).toEqual({
        ...finished,
        id: `zego:huawei:${taskId}`,
        kind: 'SNAPSHOT',
        status: 'SUCCEEDED',
        vendorStatus: 'SUCCEEDED',
        createdAt: '2026-01-02T02:54:05.000Z',
        finishedAt: '2026-01-02T02:54:54.000Z',
        outputs: [
          { ...nothingMeasured, kind: 'IMAGE', url: null, objectKey: pictures[0], format: 'jpg' },
          { ...nothingMeasured, kind: 'IMAGE', url: null, objectKey: pictures[1], format: 'jpg' },
        ],
        vendor: 'HUAWEI',
        taskId,
        detail: {
          __typename: 'ZegoHuaweiTask',
          taskId,
          status: 'SUCCEEDED',
          vendorStatus: 'SUCCEEDED',
          createdAt: '2026-01-02T02:54:05.000Z',
          finishedAt: '2026-01-02T02:54:54.000Z',
          fileName: pictures,
        },
      });
    },
  );

  it('a task at Huawei whose answer also holds a finished one of Tencent: only the requested cloud counts', async () => {
    expect(await stack.selectAllFields('ZegoMediaTask', 'zego:huawei:both-members')).toEqual({
      ...whileRunning,
      id: 'zego:huawei:both-members',
      kind: 'SNAPSHOT',
      status: 'RUNNING',
      vendorStatus: 'PROCESSING',
      createdAt: '2026-01-02T02:54:05.000Z',
      finishedAt: null,
      outputs: [],
      vendor: 'HUAWEI',
      taskId: 'both-members',
      detail: {
        __typename: 'ZegoHuaweiTask',
        taskId: 'both-members',
        status: 'RUNNING',
        vendorStatus: 'PROCESSING',
        createdAt: '2026-01-02T02:54:05.000Z',
        finishedAt: null,
        fileName: [],
      },
    });
  });
});
