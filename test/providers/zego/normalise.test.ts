import { describe, expect, test } from '@jest/globals';
import { readFixture, readJsonFixture } from '../../conformance/fixture.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { useSession } from '../../conformance/session.ts';
import {
  documented,
  huaweiHarness,
  huaweiId,
  tencentHarness,
  tencentId,
  withHuawei,
  withTencent,
} from './harness.ts';

const besideData = readJsonFixture('zego/document-huawei-beside-data.json');
const thumbnails = ['10_0', '10_2'].map(
  (name) =>
    `http://vod-tc-restorefile.zego.im/43b7b075vodtranscq1500030200/93172bfa1397757897438985100/sampleSnapshot/sampleSnapshot_${name}.jpg`,
);
const replayUrl = 'https://xxxxx-xxxxxxxx.zego.im/xxxxxxxx/xxxxxxx/xxxxxx.mp4';
const blank = {
  urlExpiresAt: null,
  objectKey: null,
  sizeBytes: null,
  durationSeconds: null,
  bitrateKbps: null,
  width: null,
  height: null,
};

describe('ZEGO tasks at Tencent', () => {
  const session = useSession(tencentHarness);
  const read = (fields: Readonly<Record<string, Json>>) => session.askForTask(ok(withTencent(fields)));

  test('the sample of the document, which has both clouds, is read as the asked one has it', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect(snapshot).toEqual({
      kind: 'MERGE',
      status: 'SUCCEEDED',
      vendorStatus: 'FINISH',
      progress: null,
      createdAt: null,
      startedAt: null,
      finishedAt: null,
      failure: null,
      outputs: [
        { ...blank, kind: 'VIDEO', url: replayUrl, format: 'mp4' },
        { ...blank, kind: 'IMAGE', url: thumbnails[0], format: 'jpg' },
        { ...blank, kind: 'IMAGE', url: thumbnails[1], format: 'jpg' },
      ],
      vendorRequestId: null,
      code: 0,
      message: 'success',
      detail: {
        __typename: 'ZegoTencentTask',
        taskId: tencentId,
        event: 'compose',
        eventKind: 'COMPOSE',
        status: 'SUCCEEDED',
        vendorStatus: 'FINISH',
        fileId: 'xxxxxxxx',
        replayUrl,
        requestId: '6aac31f4-xxxx-xxxx-xxxx-5cc10ce11a49',
        message: null,
        thumbnailsUrl: thumbnails,
      },
    });
    expect(await session.askForTask(ok(besideData))).toEqual(snapshot);
  });

  test('the sample of the document as it is printed, without its commas, is a bad response', async () => {
    const error = await session.askForError({ body: readFixture('zego/document-broken.txt') });
    expect(error.code).toBe('BAD_RESPONSE');
  });

  test.each([
    ['compose', 'MERGE', 'COMPOSE'],
    ['transcode', 'VIDEO_TRANSCODE', 'TRANSCODE'],
    ['SnapshotByTimeOffset', 'SNAPSHOT', 'SNAPSHOT_BY_TIME_OFFSET'],
    ['SampleSnapshot', 'SNAPSHOT', 'SAMPLE_SNAPSHOT'],
    ['procedure', 'UNKNOWN', 'UNKNOWN'],
    ['constructor', 'UNKNOWN', 'UNKNOWN'],
    ['', 'UNKNOWN', null],
  ])('a task of the event %j is of kind %s, and its event is read as %s', async (Event, kind, eventKind) => {
    const snapshot = await read({ Status: 'PROCESSING', Event });
    expect(snapshot).toMatchObject({ kind, detail: { event: Event || null, eventKind } });
  });

  test('the request ids and messages of ZEGO and of Tencent are kept apart', async () => {
    const snapshot = await read({ Status: 'FAIL', RequestId: 'tencent-1', Message: 'Bad file.' });
    expect(snapshot).toMatchObject({
      vendorRequestId: 'request-1',
      message: 'success',
      failure: { code: null, message: 'Bad file.' },
      detail: { requestId: 'tencent-1', message: 'Bad file.' },
    });
  });

  test('a message of a task that did not fail is no failure, and a failure without one is null', async () => {
    expect((await read({ Status: 'FINISH', Message: 'fine' })).failure).toBeNull();
    expect((await read({ Status: 'FAIL', Message: '' })).failure).toBeNull();
  });

  test.each(['WAITING', 'PROCESSING', 'FAIL', 'undocumented'])(
    'a task that is %s has no outputs',
    async (Status) => {
      const snapshot = await read({ Status, ReplayUrl: replayUrl, ThumbnailsUrl: [replayUrl] });
      expect(snapshot.outputs).toEqual([]);
      expect(snapshot).toMatchObject({ detail: { replayUrl, thumbnailsUrl: [replayUrl] } });
    },
  );

  test.each(['SUCCEEDED', 'FAILED', 'CANCELED'])(
    'the status %s of Huawei is undocumented at Tencent',
    async (Status) => {
      expect(await read({ Status })).toMatchObject({ status: 'UNKNOWN', vendorStatus: Status });
    },
  );

  test('a file id of 19 digits stays a text', async () => {
    const snapshot = await read({ Status: 'FINISH', FileId: '1397757897438985100' });
    expect(snapshot).toHaveProperty('detail.fileId', '1397757897438985100');
  });

  test('an item of a list of pictures that is no URL is omitted', async () => {
    const snapshot = await read({ Status: 'FINISH', ThumbnailsUrl: ['https://a/1.jpg', null, {}, ''] });
    expect(snapshot).toHaveProperty('detail.thumbnailsUrl', ['https://a/1.jpg']);
    expect(snapshot.outputs).toMatchObject([{ kind: 'IMAGE', url: 'https://a/1.jpg', format: 'jpg' }]);
  });

  test('the format of a file is that of the path of its address, whatever follows it', async () => {
    const snapshot = await read({
      Status: 'FINISH',
      ReplayUrl: 'https://a/1.mp4?sign=x.exe',
      ThumbnailsUrl: ['1.jpg'],
    });
    expect(snapshot.outputs).toMatchObject([{ format: 'mp4' }, { format: null, url: '1.jpg' }]);
  });

  test('an answer of Huawei alone is no answer about a task at Tencent', async () => {
    const error = await session.askForError(ok(withHuawei({ Status: 'SUCCEEDED' })));
    expect(error.code).toBe('BAD_RESPONSE');
  });

  test('a code in a text, as callbacks have it, is the same code', async () => {
    expect((await session.askForError(ok({ Code: '6', Message: 'too frequent' }))).code).toBe('RATE_LIMITED');
    const fine = { ...(withTencent({ Status: 'FINISH' }) as Record<string, Json>), Code: '0' };
    expect(await session.askForTask(ok(fine))).toMatchObject({ status: 'SUCCEEDED', code: 0 });
  });

  test('a refusal is one even where data comes with it', async () => {
    const refusal = { ...(documented as Record<string, Json>), Code: 7, RequestId: 'r-7' };
    const error = await session.askForError(ok(refusal));
    expect([error.code, error.details.vendorCode, error.details.vendorRequestId]).toEqual([
      'ACCESS_DENIED',
      '7',
      'r-7',
    ]);
  });

  test('the request names action, cloud and task, and no secret', async () => {
    const { query } = await session.askAndSee();
    expect(Object.fromEntries(query)).toEqual({
      Action: 'DescribeMediaTask',
      AppId: '1234567890',
      Signature: expect.stringMatching(/^[0-9a-f]{32}$/),
      SignatureNonce: expect.stringMatching(/^[0-9a-f]{16}$/),
      SignatureVersion: '2.0',
      TaskId: tencentId,
      Timestamp: '1772625600',
      Vendor: 'Tencent',
    });
  });

  test.each(['app', '4294967296', '-1', '1.5'])('an application number of %s is a fault', (ZEGO_APP_ID) => {
    const { environment } = session.open({ ...session.variables(), ZEGO_APP_ID });
    expect([...environment.faults]).toEqual([expect.stringMatching(/^ZEGO_APP_ID must be/)]);
  });
});

describe('ZEGO tasks at Huawei', () => {
  const session = useSession(huaweiHarness);
  const read = (fields: Readonly<Record<string, Json>>) => session.askForTask(ok(withHuawei(fields)));

  test.each([
    ['inside Data, as in the OpenAPI file', documented],
    ['beside Data, as in the sample', besideData],
  ])('the sample of the document is read as the asked cloud has it, with Huawei %s', async (_where, body) => {
    const pictures = ['0', '10'].map((name) => `record/pickrecord/command_record/clarechen_test/${name}.jpg`);
    expect(await session.askForTask(ok(body))).toEqual({
      kind: 'SNAPSHOT',
      status: 'SUCCEEDED',
      vendorStatus: 'SUCCEEDED',
      progress: null,
      createdAt: '2024-11-18T06:54:29.000Z',
      startedAt: null,
      finishedAt: '2024-11-18T06:54:30.000Z',
      failure: null,
      outputs: pictures.map((objectKey) => ({
        ...blank,
        kind: 'IMAGE',
        url: null,
        objectKey,
        format: 'jpg',
      })),
      vendorRequestId: null,
      code: 0,
      message: 'success',
      detail: {
        __typename: 'ZegoHuaweiTask',
        taskId: huaweiId,
        status: 'SUCCEEDED',
        vendorStatus: 'SUCCEEDED',
        createdAt: '2024-11-18T06:54:29.000Z',
        finishedAt: '2024-11-18T06:54:30.000Z',
        fileName: pictures,
      },
    });
  });

  test('where Huawei is both inside and beside Data, the one inside counts', async () => {
    const inside = withHuawei({ Status: 'PROCESSING' }) as Record<string, Json>;
    const snapshot = await session.askForTask(ok({ ...inside, Huawei: { Status: 'SUCCEEDED' } }));
    expect(snapshot.status).toBe('RUNNING');
  });

  test('NO_TASK in a success is an unknown task, inside Data or beside it', async () => {
    const task = { TaskId: '', Status: 'NO_TASK', CreateTime: '', EndTime: '', FileName: [] };
    expect(await session.ask(ok({ Code: 0, Data: { Huawei: task } }))).toBeNull();
    expect(await session.ask(ok({ Code: 0, Data: {}, Huawei: task }))).toBeNull();
  });

  test('a success whose task has only empty fields is an unknown task', async () => {
    const task = { TaskId: '', Status: '', CreateTime: '', EndTime: '', FileName: [] };
    expect(await session.ask(ok({ Code: 0, Message: 'success', Data: { Huawei: task } }))).toBeNull();
  });

  test.each<[number, string]>([
    [2, 'TaskId not exist'],
    [1000, 'task not found'],
    [1000, '任务不存在'],
    [41003, 'file not found'],
  ])("a refusal with Code %i and '%s' is an unknown task, with the vendor's code", async (Code, Message) => {
    await expect(session.ask(ok({ Code, Message, RequestId: '1', Data: {} }))).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
      details: { vendorCode: String(Code) },
    });
  });

  test.each([2, 1000])('a refusal with Code %i that says nothing of a task stays one', async (Code) => {
    await expect(session.ask(ok({ Code, Message: 'failed', Data: {} }))).rejects.toMatchObject({
      code: 'REJECTED',
    });
  });

  test.each<[Json, string | null]>([
    ['20241118065429', '2024-11-18T06:54:29.000Z'],
    [20241118065429, '2024-11-18T06:54:29.000Z'],
    ['20240229000000', '2024-02-29T00:00:00.000Z'],
    ['20230229000000', null],
    ['20241318065429', null],
    ['20241118245929', null],
    ['20241118066029', null],
    ['2024111806542', null],
    ['0', null],
    ['', null],
    ['2024-11-18 06:54:29', null],
  ])('a CreateTime of %j is read as %s', async (CreateTime, expected) => {
    const snapshot = await read({ Status: 'PROCESSING', CreateTime });
    expect(snapshot.createdAt).toBe(expected);
    expect(snapshot).toHaveProperty('detail.createdAt', expected);
  });

  test.each(['FINISH', 'FAIL'])('the status %s of Tencent is undocumented at Huawei', async (Status) => {
    expect(await read({ Status })).toMatchObject({ status: 'UNKNOWN', vendorStatus: Status });
  });

  test.each(['WAITING', 'PROCESSING', 'FAILED', 'CANCELED', 'undocumented'])(
    'a task that is %s has no outputs',
    async (Status) => {
      expect((await read({ Status, FileName: ['record/0.jpg'] })).outputs).toEqual([]);
    },
  );

  test('Huawei asked for a merge, which it does not do, refuses with code 4', async () => {
    const error = await session.askForError(ok({ Code: 4, Message: 'CDN type mismatch', RequestId: 'r-4' }));
    expect([error.code, error.details.vendorCode]).toEqual(['REJECTED', '4']);
  });

  test('the request names the cloud as the vendor spells it', async () => {
    const { query } = await session.askAndSee();
    expect([query.get('Vendor'), query.get('TaskId')]).toEqual(['Huawei', huaweiId]);
  });
});
