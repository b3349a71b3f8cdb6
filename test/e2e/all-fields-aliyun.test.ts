import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { justAnswered, openDatedStack, uuid } from '../support/all-fields.ts';

/** Every field of a task of Aliyun. */

let stack: Awaited<ReturnType<typeof openDatedStack>>;

beforeAll(async () => {
  stack = await openDatedStack();
});

afterAll(() => stack.close());

const m3u8Url =
  'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/e1e63748f833a89b68552e54d5f7/94c4553de59a4615ab926c7e9105732a-83d70e6c4f6a871e004f924434e3-fd-encrypt-stream.m3u8';

const badInput = {
  code: 'InvalidParameter.ResourceContentBad',
  message: 'The resource operated InputFile is bad',
};

const audioStream = {
  index: 1,
  lang: null,
  codecName: 'aac',
  codecLongName: 'AAC (Advanced Audio Coding)',
  codecTag: '0x000f',
  codecTagString: '[15][0][0][0]',
  codecTimeBase: '1/44100',
  timebase: '1/90000',
  startTime: 1.433556,
  duration: 12.379978,
  bitrate: 62.015,
  channels: 2,
  channelLayout: 'stereo',
  sampleFmt: 'fltp',
  samplerate: 44100,
};

const videoStream = {
  index: 0,
  lang: null,
  codecName: 'h264',
  codecLongName: 'H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10',
  codecTag: '0x001b',
  codecTagString: '[27][0][0][0]',
  codecTimeBase: '1/50',
  timebase: '1/90000',
  startTime: 1.48,
  duration: 12.08,
  bitrate: 487.954,
  fps: 25,
  avgFps: 25,
  width: 640,
  height: 360,
  dar: '9:16',
  sar: '81:256',
  profile: 'High',
  level: 30,
  pixFmt: 'yuv420p',
  hasBFrames: 2,
};

const encryptedJob = {
  transcodeJobId: 'partial-success-job-1',
  problem: null,
  status: 'SUCCEEDED',
  vendorStatus: 'TranscodeSuccess',
  progress: 100,
  createdAt: '2026-01-02T02:54:05.000Z',
  finishedAt: '2026-01-02T02:54:54.000Z',
  failure: null,
  definition: 'LD',
  inputFileUrl:
    'http://outin-40564284ef0511e8b2d3e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/d96a00e9486af05f69bc1a1974ad/477e0344-16928ea4056-0003-b2a2-f94-c213f.mp4',
  priority: 6,
  transcodeTemplateId: 'fa0b39136499c5494c63680ddcfd',
  outputFile: {
    outputFileUrl: m3u8Url,
    format: 'm3u8',
    filesize: 851076,
    duration: 12,
    bitrate: 549,
    fps: 25,
    width: 640,
    height: 360,
    encryption: { encryptType: 'AliyunVoDEncryption' },
    watermarkIdList: [],
    audioStreamList: [audioStream],
    videoStreamList: [videoStream],
    subtitleStreamList: [],
  },
};

const failedJob = {
  transcodeJobId: 'partial-success-job-2',
  problem: null,
  status: 'FAILED',
  vendorStatus: 'TranscodeFail',
  progress: 20,
  createdAt: '2026-01-02T02:54:05.000Z',
  finishedAt: '2026-01-02T02:54:54.000Z',
  failure: badInput,
  definition: 'OD',
  inputFileUrl:
    'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/5b95e568f8e04f7c350b70b47f38e/31f1184c-1687ab4e899-0003-b2a2-f94-c213f.wmv',
  priority: 6,
  transcodeTemplateId: 'f5ab0194c1944eba374ea18665b3714d',
  outputFile: {
    outputFileUrl:
      'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/883f5d98107f403faa0ab7f20aaa352f/c3be4f073c3f4535b24893e7d5193ec8-{DestMd5}-od-S00000001-200000.mp4',
    format: null,
    filesize: 0,
    duration: 0,
    bitrate: 0,
    fps: 0,
    width: 0,
    height: 0,
    encryption: null,
    watermarkIdList: [],
    audioStreamList: [],
    videoStreamList: [],
    subtitleStreamList: [],
  },
};

describe('all fields of', () => {
  it('an Aliyun task of which one job succeeded and one failed', async () => {
    expect(await stack.selectAllFields('AliyunTranscodeTask', 'aliyun-vod:partial-success')).toEqual({
      ...justAnswered,
      __typename: 'AliyunTranscodeTask',
      id: 'aliyun-vod:partial-success',
      provider: 'ALIYUN_VOD',
      kind: 'VIDEO_TRANSCODE',
      status: 'PARTIALLY_SUCCEEDED',
      vendorStatus: 'CompletePartialSucc',
      progress: 60,
      createdAt: '2026-01-02T02:54:05.000Z',
      startedAt: null,
      finishedAt: '2026-01-02T02:54:54.000Z',
      failure: badInput,
      outputs: [
        {
          kind: 'VIDEO',
          url: m3u8Url,
          urlExpiresAt: null,
          objectKey: null,
          format: 'm3u8',
          sizeBytes: 851076,
          durationSeconds: 12,
          bitrateKbps: 549,
          width: 640,
          height: 360,
        },
      ],
      vendorRequestId: expect.stringMatching(uuid),
      transcodeTaskId: 'partial-success',
      transcodeTemplateGroupId: '5b95e56c688f8e04f70b70b47f38e',
      videoId: '883f5d98107f403fab7f20aaa352f',
      trigger: 'Auto',
      triggerKind: 'AUTO',
      transcodeJobInfoList: [encryptedJob, failedJob],
    });
  });
});
