import { describe, expect, test } from '@jest/globals';
import { type Json, ok } from '../../conformance/json.ts';
import { useSession } from '../../conformance/session.ts';
import { documented, harness, withTask } from './harness.ts';

describe('Volcengine web casts', () => {
  const session = useSession(harness);
  const read = (fields: Readonly<Record<string, Json>>) => session.askForTask(ok(withTask(fields)));

  test('the sample of the document is read whole, with times in milliseconds', async () => {
    expect(await session.askForTask(ok(documented))).toEqual({
      kind: 'WEB_CAST',
      status: 'SUCCEEDED',
      vendorStatus: '3',
      progress: null,
      createdAt: null,
      startedAt: '2023-02-21T13:51:18.000Z',
      finishedAt: '2023-02-21T13:51:29.000Z',
      failure: null,
      outputs: null,
      vendorRequestId: 'Your_RequestId',
      stopReason: 'StopByAPI',
      stopReasonKind: 'STOP_BY_API',
      userId: 'Your_UserId',
      sourceUrl: 'https://xxxxx',
      maxRunningTime: 3_600,
      videoSolutions: [{ width: 1_920, height: 1_080, frameRate: 60, bitrate: 10_000 }],
      monitorConfig: { freezeCheckInterval: 5, blankCheckInterval: 5, crashCheckInterval: 5 },
      eventNotifyConfig: { enableEventNotify: true, startTimeout: 2 },
    });
  });

  test('the task is read from WebCastTask, as the table spells it, or WebcastTask, as the sample does', async () => {
    const { WebcastTask = null } = (documented as { Result: Record<string, Json> }).Result;
    const spelt = await session.askForTask(ok({ Result: { WebCastTask: WebcastTask } }));
    expect(spelt).toEqual({ ...(await session.askForTask(ok(documented))), vendorRequestId: null });
  });

  test('an empty task under one spelling does not hide the one under the other', async () => {
    const result = { WebCastTask: null, WebcastTask: { Status: 2 } };
    expect((await session.askForTask(ok({ Result: result }))).status).toBe('RUNNING');
  });

  test('a result without a task is a bad response', async () => {
    for (const Result of [{}, { WebCastTask: null }, { WebCastTask: [] }]) {
      expect((await session.askForError(ok({ Result }))).code).toBe('BAD_RESPONSE');
    }
  });

  test('EndTime 0 and StopReason "" mean that the cast has not ended', async () => {
    const snapshot = await read({ Status: 2, StartTime: 1676987478000, EndTime: 0, StopReason: '' });
    expect(snapshot).toMatchObject({
      status: 'RUNNING',
      startedAt: '2023-02-21T13:51:18.000Z',
      finishedAt: null,
      stopReason: null,
      failure: null,
    });
  });

  test('a cast that has not ended may lack EndTime and StopReason', async () => {
    expect(await read({ Status: 1 })).toMatchObject({
      status: 'QUEUED',
      startedAt: null,
      finishedAt: null,
      stopReason: null,
    });
  });

  test.each<[Json, string | null]>([
    ['1676987489000', '2023-02-21T13:51:29.000Z'],
    [1676987489123, '2023-02-21T13:51:29.123Z'],
    [0, null],
    ['0', null],
    [-62135596800000, null],
    [9e15, null],
  ])('an EndTime of %j is read as %s', async (EndTime, expected) => {
    expect((await read({ Status: 3, EndTime })).finishedAt).toBe(expected);
  });

  test.each<[Json, string, string]>([
    [0, 'UNKNOWN', 'UnknownStopReason'],
    [3, 'SUCCEEDED', 'UnknownStopReason'],
    [3, 'SUCCEEDED', 'StopByAPI'],
    [3, 'SUCCEEDED', 'ExceedMaxRunningTime'],
    ['3', 'SUCCEEDED', 'StopByAPI'],
  ])('status %j is %s and no failure when stopped by %s', async (Status, status, StopReason) => {
    const snapshot = await read({ Status, StopReason });
    expect(snapshot).toMatchObject({ status, failure: null, stopReason: StopReason });
  });

  test.each<[Json, string | null, string | null]>([
    ['StopByAPI', 'StopByAPI', 'STOP_BY_API'],
    ['StartTaskFailed', 'StartTaskFailed', 'START_TASK_FAILED'],
    ['ExceedMaxRunningTime', 'ExceedMaxRunningTime', 'EXCEED_MAX_RUNNING_TIME'],
    ['UnknownStopReason', 'UnknownStopReason', 'UNKNOWN'],
    ['toString', 'toString', 'UNKNOWN'],
    ['', null, null],
    [[], null, null],
  ])('the StopReason %j is kept as %j and read as %s', async (StopReason, stopReason, stopReasonKind) => {
    expect(await read({ Status: 3, StopReason })).toMatchObject({ stopReason, stopReasonKind });
  });

  test('a cast that ended because it never started has failed, with a failure', async () => {
    const failed = { status: 'FAILED', failure: { code: 'StartTaskFailed', message: null } };
    expect(await read({ Status: 3, StopReason: 'StartTaskFailed' })).toMatchObject({
      ...failed,
      vendorStatus: '3',
    });
    expect(await read({ Status: 4, StopReason: 'StartTaskFailed' })).toMatchObject({
      ...failed,
      vendorStatus: '4',
    });
  });

  test('a failed cast without a reason has no failure', async () => {
    expect(await read({ Status: 4, StopReason: '' })).toMatchObject({ status: 'FAILED', failure: null });
  });

  test('the status 5, which only callbacks have, is unknown', async () => {
    expect(await read({ Status: 5 })).toMatchObject({ status: 'UNKNOWN', vendorStatus: '5' });
  });

  test('no renditions, two renditions and a bit rate of 0 are what they are', async () => {
    expect(await read({ VideoSolutions: [] })).toHaveProperty('videoSolutions', []);
    const two = [{ Width: 1280, Height: 720, FrameRate: 15, Bitrate: 0 }, { Width: '640' }];
    expect(await read({ VideoSolutions: two })).toHaveProperty('videoSolutions', [
      { width: 1_280, height: 720, frameRate: 15, bitrate: 0 },
      { width: 640, height: null, frameRate: null, bitrate: null },
    ]);
  });

  test('intervals of 0 are off, not missing; blanks around a number, as in the table, are ignored', async () => {
    const monitor = { FreezeCheckInterval: 0, BlankCheckInterval: ' 5', CrashCheckInterval: '5 ' };
    expect(await read({ MonitorConfig: monitor })).toHaveProperty('monitorConfig', {
      freezeCheckInterval: 0,
      blankCheckInterval: 5,
      crashCheckInterval: 5,
    });
    const notify = { EnableEventNotify: false, StartTimeout: 0 };
    expect(await read({ EventNotifyConfig: notify })).toHaveProperty('eventNotifyConfig', {
      enableEventNotify: false,
      startTimeout: 0,
    });
  });

  test('an error in HTTP 200 is an error, even beside a result', async () => {
    const { Result = null } = documented as { Result: Json };
    const refused = { CodeN: 100_013, Code: 'AccessDenied', Message: 'No.' };
    const body = { Result, ResponseMetadata: { RequestId: 'r-1', Error: refused } };
    const error = await session.askForError(ok(body));
    expect(error.code).toBe('ACCESS_DENIED');
    expect(error.details).toMatchObject({ vendorCode: 'AccessDenied', vendorRequestId: 'r-1' });
  });

  test('an undocumented code of a known family is taken for the family', async () => {
    const refuse = (code: string) => session.askForError(harness.refusal(code, 'No.', 200));
    expect((await refuse('FlowLimitExceeded.Undocumented')).code).toBe('RATE_LIMITED');
    expect((await refuse('AccessDenied.Undocumented')).code).toBe('ACCESS_DENIED');
    expect((await refuse('InternalError.Undocumented')).code).toBe('UNAVAILABLE');
  });

  test('an error without a code is still an error', async () => {
    const error = await session.askForError(
      ok({ Result: {}, ResponseMetadata: { Error: { Message: 'No.' } } }),
    );
    expect(error.message).toContain('No.');
  });

  test('the request names action, version and the three fields of the key', async () => {
    const { query, headers } = await session.askAndSee();
    expect(Object.fromEntries(query)).toEqual({
      Action: 'GetWebCastTask',
      Version: '2020-12-01',
      AppId: 'Your_AppId',
      RoomId: 'Your_RoomId',
      TaskId: 'Your_TaskId',
    });
    expect(headers).toMatchObject({
      'x-date': '20260304T120000Z',
      'x-security-token': 'made-up-token-of-sts',
    });
    expect(headers.authorization).toContain('Credential=AKLT-made-up-key/20260304/cn-north-1/rtc/request');
  });
});
