import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { justAnswered, openDatedStack, uuid } from '../support/all-fields.ts';

/** Every field of a task of each provider; Aliyun and ZEGO have files of their own. */

let stack: Awaited<ReturnType<typeof openDatedStack>>;

beforeAll(async () => {
  stack = await openDatedStack();
});

afterAll(() => stack.close());

describe('all fields of', () => {
  it('a Visionular task that succeeded', async () => {
    const presigned =
      /^https:\/\/visionular-sandbox\.s3\.example\.com\/sandbox\/(in|out)put\/\w+\.mp4\?AWSAccessKeyId=SANDBOX&Signature=not%2Ba%2Fsignature&Expires=17673662\d\d$/;
    expect(await stack.selectAllFields('VisionularTranscodeTask', 'visionular:success')).toEqual({
      ...justAnswered,
      __typename: 'VisionularTranscodeTask',
      id: 'visionular:success',
      provider: 'VISIONULAR',
      kind: 'VIDEO_TRANSCODE',
      status: 'SUCCEEDED',
      vendorStatus: 'success',
      progress: 100,
      createdAt: '2026-01-02T02:54:05.000Z',
      startedAt: null,
      finishedAt: '2026-01-02T02:54:54.000Z',
      failure: null,
      outputs: [
        {
          kind: 'VIDEO',
          url: expect.stringMatching(presigned),
          urlExpiresAt: expect.stringMatching(/^2026-01-02T15:04:\d\d\.000Z$/),
          objectKey: 'sandbox/output/success.mp4',
          format: 'mp4',
          sizeBytes: null,
          durationSeconds: null,
          bitrateKbps: 211.062,
          width: null,
          height: null,
        },
      ],
      vendorRequestId: expect.stringMatching(uuid),
      taskId: 'success',
      code: 0,
      msg: 'success',
      srcBitrate: 440.371,
      dstBitrate: 211.062,
      input: 's3://visionular-sandbox/sandbox/input/success.mp4',
      inputUrl: expect.stringMatching(presigned),
      output: 'sandbox/output/success.mp4',
      outputUrl: expect.stringMatching(presigned),
      region: 'ap-southeast-1',
      regionType: 's3',
      bucket: 'visionular-sandbox',
      objkey: 'sandbox/output/success.mp4',
      templateId: 'builtin-MP4-264-360p',
      templateName: 'MP4_264_360p',
    });
  });

  it('a web cast that was stopped by a call', async () => {
    expect(await stack.selectAllFields('WebCastTask', 'volcengine-webcast:demo-app:demo-room:ended')).toEqual(
      {
        ...justAnswered,
        __typename: 'WebCastTask',
        id: 'volcengine-webcast:demo-app:demo-room:ended',
        provider: 'VOLCENGINE_WEBCAST',
        kind: 'WEB_CAST',
        status: 'SUCCEEDED',
        vendorStatus: '3',
        progress: 100,
        createdAt: null,
        startedAt: '2026-01-02T02:54:09.000Z',
        finishedAt: '2026-01-02T02:54:54.000Z',
        failure: null,
        outputs: null,
        vendorRequestId: expect.stringMatching(/^[0-9A-F]{32}$/),
        appId: 'demo-app',
        roomId: 'demo-room',
        taskId: 'ended',
        stopReason: 'StopByAPI',
        stopReasonKind: 'STOP_BY_API',
        userId: 'sandbox-recorder',
        sourceUrl: 'https://page.example.com/lesson?token=not-a-secret',
        maxRunningTime: 86_400,
        videoSolutions: [
          { width: 1280, height: 720, frameRate: 15, bitrate: 0 },
          { width: 640, height: 360, frameRate: 15, bitrate: 400 },
        ],
        monitorConfig: { freezeCheckInterval: 0, blankCheckInterval: 5, crashCheckInterval: 0 },
        eventNotifyConfig: { enableEventNotify: false, startTimeout: 0 },
      },
    );
  });

  it('a whiteboard document that failed', async () => {
    expect(
      await stack.selectAllFields('WhiteboardTranscodeTask', 'volcengine-whiteboard:demo-app:failed'),
    ).toEqual({
      ...justAnswered,
      __typename: 'WhiteboardTranscodeTask',
      id: 'volcengine-whiteboard:demo-app:failed',
      provider: 'VOLCENGINE_WHITEBOARD',
      kind: 'DOCUMENT_TRANSCODE',
      status: 'FAILED',
      vendorStatus: '3',
      progress: 37,
      createdAt: null,
      startedAt: null,
      finishedAt: null,
      failure: { code: '10005', message: 'the document could not be opened' },
      outputs: null,
      vendorRequestId: expect.stringMatching(/^[0-9A-F]{32}$/),
      appId: 'demo-app',
      taskId: 'failed',
    });
  });
});
