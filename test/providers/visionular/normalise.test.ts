import { describe, expect, test } from '@jest/globals';
import { readFixture } from '../../conformance/fixture.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { useSession } from '../../conformance/session.ts';
import { documented, harness, taskId, withData } from './harness.ts';

describe('Visionular tasks', () => {
  const session = useSession(harness);
  const read = (fields: Readonly<Record<string, Json>>) => session.askForTask(ok(withData(fields)));

  test('the sample of the document is read whole', async () => {
    const outputUrl =
      'https://visionular-********/output/testttttt.mp4?AWSAccessKeyId=AKIA******OE4DW&Signature=%2BXlvbRe********&Expires=1593198759';
    expect(await session.askForTask(ok(documented))).toEqual({
      kind: 'VIDEO_TRANSCODE',
      status: 'SUCCEEDED',
      vendorStatus: 'success',
      progress: null,
      createdAt: '2020-06-25T21:33:50.000Z',
      startedAt: null,
      finishedAt: '2020-06-25T21:34:05.000Z',
      failure: null,
      outputs: [
        {
          kind: 'VIDEO',
          url: outputUrl,
          urlExpiresAt: '2020-06-26T19:12:39.000Z',
          objectKey: 'yushan1/output/testttttt.mp4',
          format: 'mp4',
          sizeBytes: null,
          durationSeconds: null,
          bitrateKbps: 211.062,
          width: null,
          height: null,
        },
      ],
      vendorRequestId: null,
      code: 0,
      msg: 'success',
      srcBitrate: 440.371,
      dstBitrate: 211.062,
      input: 's3://web-test-********860a6d00jf01jw2h5d7m4s-wm-720p.mp4',
      inputUrl:
        'https://web-test-********860a6d00jf01jw2h5d7m4s-wm-720p.mp4?AWSAccessKeyId=AKIA******OE4DW&Signature=Yr6wOw%2B9********&Expires=1593198759',
      output: null,
      outputUrl,
      region: 'ap-southeast-1',
      regionType: 's3',
      bucket: 'visionular-service',
      objkey: 'yushan1/output/testttttt.mp4',
      templateId: 'builtin-MP4-264-360p',
      templateName: 'MP4_264_360p',
    });
  });

  test('the sample of the document as it is printed, without its commas, is a bad response', async () => {
    const error = await session.askForError({ body: readFixture('visionular/document-broken.txt') });
    expect(error.code).toBe('BAD_RESPONSE');
  });

  test('the fields of the newer API are read as well', async () => {
    const snapshot = await session.askForTask(
      ok({
        code: 0,
        msg: 'ok',
        request_id: 'request-9',
        data: {
          task_id: taskId,
          status: 'succeeded',
          progress: 100,
          created_time: 1593120830,
          started_time: 1593120835,
          finished_time: 1593120845,
          input: 'in.mp4',
          output: 'out/some.webm',
          output_size: 5_000_000_000,
          output_bitrate: 211.062,
          output_resolution: '1280x720',
          source_bitrate: 440.371,
          duration: 12.5,
        },
      }),
    );
    expect(snapshot).toMatchObject({
      status: 'SUCCEEDED',
      vendorStatus: 'succeeded',
      progress: 100,
      createdAt: '2020-06-25T21:33:50.000Z',
      startedAt: '2020-06-25T21:33:55.000Z',
      finishedAt: '2020-06-25T21:34:05.000Z',
      vendorRequestId: 'request-9',
      srcBitrate: 440.371,
      dstBitrate: 211.062,
      output: 'out/some.webm',
    });
    expect(snapshot.outputs).toEqual([
      {
        kind: 'VIDEO',
        url: null,
        urlExpiresAt: null,
        objectKey: 'out/some.webm',
        format: 'webm',
        sizeBytes: 5_000_000_000,
        durationSeconds: 12.5,
        bitrateKbps: 211.062,
        width: 1280,
        height: 720,
      },
    ]);
  });

  test('bit rates are fractions, in numbers or in texts', async () => {
    const snapshot = await read({ src_bitrate: '440.371', dst_bitrate: 211 });
    expect(snapshot).toMatchObject({ srcBitrate: 440.371, dstBitrate: 211 });
  });

  test.each<[Json, string | null]>([
    [1593120845, '2020-06-25T21:34:05.000Z'],
    ['1593120845', '2020-06-25T21:34:05.000Z'],
    ['2020-02-07 07:06:06', '2020-02-07T07:06:06.000Z'],
    ['2020-02-07T07:06:06Z', '2020-02-07T07:06:06.000Z'],
    [0, null],
    ['0', null],
    ['', null],
    [null, null],
    [-1, null],
    ['2000-01-01 00:00:00', null],
    ['2020-02-31 00:00:00', null],
    ['yesterday', null],
    [1e15, null],
  ])('a finish_time of %j is read as %s', async (finish_time, expected) => {
    expect((await read({ status: 'running', finish_time })).finishedAt).toBe(expected);
  });

  test.each<[string, Readonly<Record<string, Json>>, { code: string | null; message: string | null } | null]>(
    [
      ['code and message', { err_code: 17, err_message: 'No input.' }, { code: '17', message: 'No input.' }],
      ['the older err_msg', { err_code: '17', err_msg: 'No input.' }, { code: '17', message: 'No input.' }],
      ['the newer message', { message: 'No input.' }, { code: null, message: 'No input.' }],
      ['a code alone', { err_code: 17 }, { code: '17', message: null }],
      [
        'the code 0 and a message',
        { err_code: 0, err_message: 'No input.' },
        { code: null, message: 'No input.' },
      ],
      ['neither', {}, null],
    ],
  )('a failed task with %s has a failure', async (_what, fields, failure) => {
    for (const status of ['fail', 'failed'])
      expect((await read({ status, ...fields })).failure).toEqual(failure);
  });

  test.each(['pending', 'running', 'success', 'undocumented'])(
    'a task that is %s has no failure',
    async (status) => {
      expect((await read({ status, err_code: 5, err_message: 'Hm.' })).failure).toBeNull();
    },
  );

  test.each(['pending', 'downloading', 'running', 'uploading', 'fail', 'failed', 'undocumented'])(
    'a task that is %s has no outputs, even with URLs',
    async (status) => {
      const snapshot = await read({ status, output_url: 'https://b/none.mp4', objkey: 'none.mp4' });
      expect(snapshot.outputs).toEqual([]);
      expect(snapshot).toMatchObject({ outputUrl: 'https://b/none.mp4', objkey: 'none.mp4' });
    },
  );

  test.each<[string, string | null]>([
    ['https://b/1.mp4?Expires=1593198759&Signature=a', '2020-06-26T19:12:39.000Z'],
    ['https://b/1.mp4?OSSAccessKeyId=a&Expires=1593198759', '2020-06-26T19:12:39.000Z'],
    ['https://b/1.mp4', null],
    ['https://b/1.mp4?Expires=soon', null],
    ['https://b/1.mp4?Expires=0', null],
    ['no address at all?Expires=1593198759', null],
  ])('the address %s expires at %s', async (output_url, urlExpiresAt) => {
    const snapshot = await read({ status: 'success', output_url });
    expect(snapshot.outputs).toMatchObject([{ url: output_url, urlExpiresAt }]);
  });

  test('a URL presigned as by S3 version 4 has its expiry', async () => {
    const output_url = 'https://b/1.mp4?X-Amz-Date=20260304T120000Z&X-Amz-Expires=3600&X-Amz-Signature=a';
    const snapshot = await read({ status: 'success', output_url });
    expect(snapshot.outputs).toMatchObject([{ urlExpiresAt: '2026-03-04T13:00:00.000Z' }]);
  });

  test.each<[Json, number | null]>([
    ['40', 40],
    [99.9, 99],
    [101, null],
    [-1, null],
    ['most of it', null],
  ])('a progress of %j is read as %s', async (progress, expected) => {
    expect((await read({ status: 'running', progress })).progress).toBe(expected);
  });

  test.each([-1, 1.5, 2 ** 53 + 2, 'large'])('an output_size of %j is none', async (output_size) => {
    const snapshot = await read({ status: 'success', objkey: 'a.mp4', output_size });
    expect(snapshot.outputs).toMatchObject([{ sizeBytes: null }]);
  });

  test.each(['large', '1280x', 'x', '0x500x10', '99999999999x1'])(
    'a resolution of %s is none in part or whole',
    async (text) => {
      const snapshot = await read({ status: 'success', objkey: 'a.mp4', output_resolution: text });
      expect(snapshot.outputs?.[0]?.width).toBeNull();
    },
  );

  test('a success without data is a bad response', async () => {
    for (const data of [null, [], 'task running']) {
      expect((await session.askForError(ok({ code: 0, msg: 'success', data }))).code).toBe('BAD_RESPONSE');
    }
  });

  test('a refusal in HTTP 200 is one even where data comes with it, and with its code in a text', async () => {
    const error = await session.askForError(
      ok({ code: '1003', msg: 'auth fail', data: { status: 'success' } }),
    );
    expect([error.code, error.details.vendorCode]).toEqual(['ACCESS_DENIED', '1003']);
  });

  test('a numeric task id in the answer is the same id', async () => {
    const reply = ok(withData({ task_id: 20211123, status: 'running' }));
    expect(await session.ask(reply, { key: { taskId: '20211123' } })).toMatchObject({ status: 'RUNNING' });
    expect((await session.askForError(reply, { key: { taskId: '20211124' } })).code).toBe('BAD_RESPONSE');
  });
});
