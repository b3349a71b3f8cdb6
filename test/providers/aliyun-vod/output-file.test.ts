import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFixture } from '../../conformance/fixture.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { readSchema } from '../../conformance/schema.ts';
import { useSession } from '../../conformance/session.ts';
import { createShapeCheck } from '../../conformance/shape.ts';
import { documented, harness, withOutputFile } from './harness.ts';

const outputFile = 'transcodeJobInfoList.0.outputFile';

describe('Aliyun VOD output files', () => {
  const session = useSession(harness);
  const schema = readSchema();
  const readFile = async (fields: Readonly<Record<string, Json>>) => {
    const snapshot = await session.interpretTask(ok(withOutputFile(fields)));
    expect(createShapeCheck(schema, 'AliyunTranscodeTask', ['transcodeTaskId'])(snapshot)).toEqual([]);
    return snapshot;
  };

  test('the JSON inside texts of the document is read into typed lists', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect(snapshot).toHaveProperty('transcodeJobInfoList.2.outputFile', {
      outputFileUrl:
        'http://outin-40564284ef0511e8b2d3001603e7.oss-cn-shanghai.aliyuncs.com/e1e63748f8c3a89b68552e54d5f7/94c4553de59a4615ab926c7e9105732a-38a82b62eb175bd55ea4c3f560a2c-fd.mp4',
      format: 'mp4',
      filesize: 1_520_439,
      duration: 12,
      bitrate: 964,
      fps: 30,
      width: 640,
      height: 360,
      encryption: null,
      watermarkIdList: ['64079a0e3e286d23b48a8c9413'],
      audioStreamList: [
        {
          index: 1,
          lang: 'und',
          codecName: 'aac',
          codecLongName: 'AAC (Advanced Audio Coding)',
          codecTag: '0x6134706d',
          codecTagString: 'mp4a',
          codecTimeBase: '1/44100',
          timebase: '1/44100',
          startTime: -0.04644,
          duration: 12.615533,
          bitrate: 64.533,
          channels: 2,
          channelLayout: 'stereo',
          sampleFmt: 'fltp',
          samplerate: 44_100,
        },
      ],
      videoStreamList: [
        {
          index: 0,
          lang: 'und',
          codecName: 'h264',
          codecLongName: 'H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10',
          codecTag: '0x31637661',
          codecTagString: 'avc1',
          codecTimeBase: '1/60',
          timebase: '1/15360',
          startTime: 0,
          duration: 12.033333,
          bitrate: 933.814,
          fps: 30,
          avgFps: 30,
          width: 640,
          height: 360,
          dar: '9:16',
          sar: '81:256',
          profile: 'High',
          level: 30,
          pixFmt: 'yuv420p',
          hasBFrames: 2,
        },
      ],
      // The third job of the sample has no SubtitleStreamList.
      subtitleStreamList: null,
    });
  });

  test('streams of an m3u8 file have no language, and have an encryption', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect(snapshot).toHaveProperty('transcodeJobInfoList.1.outputFile.audioStreamList.0.lang', null);
    expect(snapshot).toHaveProperty(
      'transcodeJobInfoList.1.outputFile.videoStreamList.0.codecTagString',
      '[27][0][0][0]',
    );
    expect(snapshot).toHaveProperty('transcodeJobInfoList.1.outputFile.encryption', {
      encryptType: 'AliyunVoDEncryption',
    });
    expect(snapshot).toHaveProperty('transcodeJobInfoList.1.outputFile.subtitleStreamList', []);
  });

  test('the output file of a failed job has its zeros, its placeholder and no format', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect(snapshot).toMatchObject({
      transcodeJobInfoList: [
        {
          outputFile: {
            outputFileUrl: expect.stringContaining('{DestMd5}'),
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
        },
        {},
        {},
      ],
    });
  });

  test('the outputs are the files of the two jobs that succeeded, and no placeholder', async () => {
    const snapshot = await session.askForTask(ok(documented));
    const nothing = { urlExpiresAt: null, objectKey: null };
    const size = { kind: 'VIDEO', durationSeconds: 12, width: 640, height: 360 };
    expect(snapshot.outputs).toEqual([
      {
        ...nothing,
        ...size,
        format: 'm3u8',
        sizeBytes: 851_076,
        bitrateKbps: 549,
        url: expect.stringMatching(/-fd-encrypt-stream\.m3u8$/),
      },
      {
        ...nothing,
        ...size,
        format: 'mp4',
        sizeBytes: 1_520_439,
        bitrateKbps: 964,
        url: expect.stringMatching(/-fd\.mp4$/),
      },
    ]);
  });

  test.each([
    ['text', String],
    ['number', Number],
  ] as const)('numbers sent as %s are numbers', async (_what, as) => {
    const snapshot = await readFile({
      Filesize: as(851_076),
      Duration: as(12.5),
      Bitrate: as(964.5),
      Fps: as(25),
      Width: as(640),
      Height: as(360),
    });
    const numbers = { filesize: 851_076, duration: 12.5, bitrate: 964.5, fps: 25, width: 640, height: 360 };
    expect(snapshot).toMatchObject({ transcodeJobInfoList: [{ outputFile: numbers }] });
  });

  test('a file of more than 2^31 bytes keeps its size', async () => {
    const snapshot = await readFile({ Filesize: 5_000_000_000, OutputFileUrl: 'http://b/1.mp4' });
    expect(snapshot).toHaveProperty(`${outputFile}.filesize`, 5_000_000_000);
    expect(snapshot.outputs).toMatchObject([{ sizeBytes: 5_000_000_000 }]);
  });

  test.each(['0x280', '0b11', '0o17', 'six hundred', '6 40', '640px', 'Infinity', '٣٦٠'])(
    'a width of %s is not a number',
    async (Width) => {
      expect(await readFile({ Width })).toHaveProperty(`${outputFile}.width`, null);
    },
  );

  test.each<[string, Json, readonly string[] | null]>([
    ['a list', ['64079a0e', '5b95e56c'], ['64079a0e', '5b95e56c']],
    ['an empty list', [], []],
    ['a bare id, as one element of the XML is', '64079a0e3e286d23b48a8c9413', ['64079a0e3e286d23b48a8c9413']],
    ['a bare id that is all digits', '640793286235484136400', ['640793286235484136400']],
    ['a text holding JSON, as in the English sample', '["64079a0e"]', ['64079a0e']],
    ['a text holding an empty list', '[]', []],
    ['a list with things that are no ids', ['64079a0e', null, {}, ''], ['64079a0e']],
    ['null', null, null],
    ['an object', {}, null],
  ])('watermark ids come as %s', async (_what, WatermarkIdList, ids) => {
    expect(await readFile({ WatermarkIdList })).toHaveProperty(`${outputFile}.watermarkIdList`, ids);
  });

  test.each<[string, Json, { encryptType: string } | null]>([
    [
      '{"EncryptType":"AliyunVoDEncryption"}',
      '{"EncryptType":"AliyunVoDEncryption"}',
      { encryptType: 'AliyunVoDEncryption' },
    ],
    ['the same unwrapped', { EncryptType: 'AliyunVoDEncryption' }, { encryptType: 'AliyunVoDEncryption' }],
    ['{}', '{}', null],
    ['an empty text', '', null],
    ['half of the JSON', '{"EncryptType":', null],
  ])('an encryption of %s is read', async (_what, Encryption, encryption) => {
    expect(await readFile({ Encryption })).toHaveProperty(`${outputFile}.encryption`, encryption);
  });

  test.each<[string, Json, number | null]>([
    ['a list in a text', '[{"Index":"1"},{"Index":"2"}]', 2],
    ['a list that is not in a text', [{ Index: '1' }], 1],
    ['an empty list in a text', '[]', 0],
    ['a list with things that are no streams', '[null,1,"a",[],{"Index":1}]', 1],
    ['no JSON', '[{"Index":', null],
    ['an object in a text', '{"Index":"1"}', null],
    [
      'the broken example of the document table',
      readFixture('aliyun-vod/audio-stream-list-of-the-table.txt'),
      null,
    ],
  ])('the streams in %s are counted', async (_what, list, count) => {
    const lists = { AudioStreamList: list, VideoStreamList: list, SubtitleStreamList: list };
    const snapshot = await readFile(lists);
    for (const name of ['audioStreamList', 'videoStreamList', 'subtitleStreamList']) {
      if (count === null) expect(snapshot).toHaveProperty(`${outputFile}.${name}`, null);
      else expect(snapshot).toHaveProperty(`${outputFile}.${name}.length`, count);
    }
  });

  test('a subtitle stream is read', async () => {
    const list = '[{"Index":"2","Lang":"eng","CodecName":"mov_text","Duration":"12.0","StartTime":"0.5"}]';
    expect(await readFile({ SubtitleStreamList: list })).toMatchObject({
      transcodeJobInfoList: [
        {
          outputFile: {
            subtitleStreamList: [
              { index: 2, lang: 'eng', codecName: 'mov_text', duration: 12, startTime: 0.5 },
            ],
          },
        },
      ],
    });
  });

  test('whatever the JSON inside a text holds, what comes out is of the schema', async () => {
    const names = [
      'Index',
      'Lang',
      'Bitrate',
      'Channels',
      'Samplerate',
      'StartTime',
      'Width',
      'Level',
      '__proto__',
    ];
    const numbers = fc.constantFrom(-1, 1.5, 2 ** 31, 2 ** 53 + 2, 1e300, '5000000000', '-0.046440', 'NaN');
    const stream = fc.dictionary(fc.constantFrom(...names), fc.oneof(numbers, fc.jsonValue({ maxDepth: 1 })));
    const list = fc.array(fc.oneof(stream, fc.jsonValue({ maxDepth: 1 })), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(list, async (streams) => {
        const text = JSON.stringify(streams);
        await readFile({
          AudioStreamList: text,
          VideoStreamList: text,
          SubtitleStreamList: text,
          Encryption: text,
        });
      }),
      { numRuns: 150 },
    );
  });
});
