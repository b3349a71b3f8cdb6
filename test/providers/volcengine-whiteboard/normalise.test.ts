import { describe, expect, test } from '@jest/globals';
import { readFixture } from '../../conformance/fixture.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { useSession } from '../../conformance/session.ts';
import { documented, harness, withResult } from './harness.ts';

describe('Volcengine whiteboard transcodings', () => {
  const session = useSession(harness);
  const read = (result: Readonly<Record<string, Json>>) => session.askForTask(ok(withResult(result)));

  test('the sample of the document is read whole', async () => {
    expect(await session.askForTask(ok(documented))).toEqual({
      kind: 'DOCUMENT_TRANSCODE',
      status: 'SUCCEEDED',
      vendorStatus: '2',
      progress: 100,
      createdAt: null,
      startedAt: null,
      finishedAt: null,
      failure: null,
      outputs: null,
      vendorRequestId: 'your_request_id',
    });
  });

  test('the sample of the document as it is printed, with its comment, is a bad response', async () => {
    const error = await session.askForError({
      body: readFixture('volcengine-whiteboard/document-broken.txt'),
    });
    expect(error.code).toBe('BAD_RESPONSE');
  });

  test.each([
    [0, 'QUEUED'],
    [1, 'RUNNING'],
    [2, 'SUCCEEDED'],
    [3, 'FAILED'],
  ])('progress 0, as of any dynamic transcoding, does not change status %i: %s', async (status, expected) => {
    expect(await read({ status, progress: 0 })).toMatchObject({ status: expected, progress: 0 });
  });

  test('status 4, which only web casts have, is unknown', async () => {
    expect(await read({ status: 4, progress: 100 })).toMatchObject({ status: 'UNKNOWN', vendorStatus: '4' });
  });

  test.each<[string, Readonly<Record<string, Json>>]>([
    ['numbers', { Status: 3, Progress: 40, ErrCodeN: 40_001, ErrCode: 'ConvertFailed', ErrMsg: 'Bad file.' }],
    [
      'texts',
      { Status: '3', Progress: '40', ErrCodeN: '40001', ErrCode: 'ConvertFailed', ErrMsg: 'Bad file.' },
    ],
  ])('the result of version 2023-11-01 is read, in %s', async (_what, result) => {
    expect(await read(result)).toMatchObject({
      status: 'FAILED',
      vendorStatus: '3',
      progress: 40,
      failure: { code: 'ConvertFailed', message: 'Bad file.' },
    });
  });

  test('the numeric code of version 2023-11-01 stands in where there is no other', async () => {
    const { failure } = await read({ Status: 3, ErrCodeN: 40_001, ErrCode: '', ErrMsg: '' });
    expect(failure).toEqual({ code: '40001', message: null });
  });

  test.each<[string, Readonly<Record<string, Json>>, { code: string | null; message: string | null } | null]>(
    [
      [
        'code and message',
        { err_code: 40_001, err_msg: 'Bad file.' },
        { code: '40001', message: 'Bad file.' },
      ],
      ['a code and a dash', { err_code: 40_001, err_msg: '-' }, { code: '40001', message: null }],
      [
        'the code 0 and a message',
        { err_code: 0, err_msg: 'Bad file.' },
        { code: null, message: 'Bad file.' },
      ],
      ['the code 0 and a dash', { err_code: 0, err_msg: '-' }, null],
      ['the code 0 and nothing', { err_code: 0, err_msg: '' }, null],
      ['nothing', {}, null],
    ],
  )('a failed transcoding with %s has a failure', async (_what, result, failure) => {
    expect((await read({ status: 3, ...result })).failure).toEqual(failure);
  });

  test('a transcoding that did not fail has no failure, whatever the code', async () => {
    for (const status of [0, 1, 2, 9]) {
      expect((await read({ status, err_code: 40_001, err_msg: 'Bad file.' })).failure).toBeNull();
    }
  });

  test.each<[Json, number | null]>([
    ['55', 55],
    [99.9, 99],
    [101, null],
    [-1, null],
    ['half', null],
  ])('a progress of %j is read as %s', async (progress, expected) => {
    expect((await read({ status: 1, progress })).progress).toBe(expected);
  });

  test('the request names action, version and the key in the spelling of the document, digits and zeros intact', async () => {
    const { query } = await session.askAndSee();
    expect(Object.fromEntries(query)).toEqual({
      Action: 'WbTranscodeQuery',
      Version: '2020-12-01',
      app_id: '600000000000000000000000',
      task_id: '0000000000',
    });
  });
});
