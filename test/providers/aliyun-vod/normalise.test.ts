import { describe, expect, test } from '@jest/globals';
import { readFixture } from '../../conformance/fixture.ts';
import { type Json, ok, replaceAt } from '../../conformance/json.ts';
import { useSession } from '../../conformance/session.ts';
import { documented, harness, taskId, withJob, withTask } from './harness.ts';

describe('Aliyun VOD tasks', () => {
  const session = useSession(harness);

  test('the sample of the document is read completely: the task', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect(snapshot).toMatchObject({
      kind: 'VIDEO_TRANSCODE',
      status: 'SUCCEEDED',
      vendorStatus: 'CompleteAllSucc',
      createdAt: '2019-01-23T12:35:12.000Z',
      startedAt: null,
      finishedAt: '2019-01-23T12:35:12.000Z',
      vendorRequestId: 'F4C6D5BE-BF13-4561-9F6C-516EA8906DCD',
      transcodeTemplateGroupId: '5b95e56c688f8e04f70b70b47f38e',
      videoId: '883f5d98107f403fab7f20aaa352f',
      trigger: null,
    });
  });

  test('the sample of the document is read completely: its three jobs', async () => {
    const snapshot = await session.askForTask(ok(documented));
    const common = { priority: 6, failure: null, status: 'SUCCEEDED', vendorStatus: 'TranscodeSuccess' };
    expect(snapshot).toMatchObject({
      transcodeJobInfoList: [
        {
          transcodeJobId: 'e046ea644e8c983731f2f1061462',
          status: 'FAILED',
          vendorStatus: 'TranscodeFail',
          progress: 20,
          createdAt: '2019-01-23T12:35:05.000Z',
          finishedAt: '2019-01-23T12:35:06.000Z',
          failure: {
            code: 'InvalidParameter.ResourceContentBad',
            message: 'The resource operated InputFile is bad',
          },
          definition: 'OD',
          priority: 6,
          transcodeTemplateId: 'f5ab0194c1944eba374ea18665b3714d',
        },
        {
          ...common,
          transcodeJobId: 'cbc090458ee87abd0e0dbd6871a39',
          progress: 100,
          createdAt: '2019-02-26T08:27:16.000Z',
          finishedAt: '2019-02-26T08:27:19.000Z',
          definition: 'LD',
          inputFileUrl:
            'http://outin-40564284ef0511e8b2d3e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/d96a00e9486af05f69bc1a1974ad/477e0344-16928ea4056-0003-b2a2-f94-c213f.mp4',
          transcodeTemplateId: 'fa0b39136499c5494c63680ddcfd',
        },
        {
          ...common,
          transcodeJobId: 'ce8fbd628fb3a3001db739a51263',
          progress: 100,
          finishedAt: '2019-02-26T08:27:20.000Z',
          transcodeTemplateId: '0ff6d65db7760ccc643434f38ff',
        },
      ],
    });
  });

  test('a task that is a success for the vendor stays one, even where one of its jobs failed', async () => {
    const snapshot = await session.askForTask(ok(documented));
    expect([snapshot.status, snapshot.failure]).toEqual(['SUCCEEDED', null]);
    expect(snapshot).toHaveProperty('transcodeJobInfoList.0.status', 'FAILED');
  });

  test('a task that is a failure for the vendor stays one, even where all of its jobs succeeded', async () => {
    const contradiction = replaceAt(documented, ['TranscodeTask', 'TaskStatus'], 'CompleteAllFail');
    const snapshot = await session.askForTask(ok(contradiction));
    expect(snapshot.status).toBe('FAILED');
  });

  test('the failure of a partial success is that of its first failed job', async () => {
    const partial = replaceAt(documented, ['TranscodeTask', 'TaskStatus'], 'CompletePartialSucc');
    expect((await session.askForTask(ok(partial))).failure).toEqual({
      code: 'InvalidParameter.ResourceContentBad',
      message: 'The resource operated InputFile is bad',
    });
  });

  test('progress is the mean of the jobs, rounded down, a failed one with its last progress', async () => {
    expect((await session.askForTask(ok(documented))).progress).toBe(73);
  });

  test('progress omits jobs without one, and is null where no job has one', async () => {
    const jobs = [{ TranscodeProgress: 50 }, { TranscodeProgress: '25' }, { TranscodeProgress: 101 }, {}];
    const some = await session.askForTask(ok(withTask({ TranscodeJobInfoList: jobs })));
    expect(some.progress).toBe(37);
    const none = await session.askForTask(ok(withTask({ TranscodeJobInfoList: [{}] })));
    expect(none.progress).toBeNull();
  });

  test('a time whose year lacks a digit, as in the table of the document, is null', async () => {
    const times = { CreationTime: '019-01-23T12:35:12Z', CompleteTime: '019-01-23T12:35:12Z' };
    const snapshot = await session.askForTask(ok(withTask(times)));
    expect([snapshot.createdAt, snapshot.finishedAt]).toEqual([null, null]);
  });

  test.each([
    ['2019-02-30T00:00:00Z', null],
    ['2019-00-10T00:00:00Z', null],
    ['2019-01-23T25:00:00Z', null],
    ['2019-01-23 12:35:12', null],
    ['2019-01-23', null],
    ['Wed, 23 Jan 2019 12:35:12 GMT', null],
    ['12019-01-23T12:35:12Z', null],
    ['2020-02-29T12:35:12Z', '2020-02-29T12:35:12.000Z'],
    ['2019-01-23T20:35:12+08:00', '2019-01-23T12:35:12.000Z'],
  ])('the time %s is read as %s', async (CreationTime, expected) => {
    expect((await session.askForTask(ok(withTask({ CreationTime })))).createdAt).toBe(expected);
  });

  test("a task can be finished before it was created: the times are the vendor's", async () => {
    const times = { CreationTime: '2019-02-26T08:27:16Z', CompleteTime: '2019-01-23T12:35:12Z' };
    expect(await session.askForTask(ok(withTask(times)))).toMatchObject({
      createdAt: '2019-02-26T08:27:16.000Z',
      finishedAt: '2019-01-23T12:35:12.000Z',
    });
  });

  test('the end of a job is its CompleteTime, or its FinishTime where there is none', async () => {
    const both = { CompleteTime: '2019-02-26T08:27:19Z', FinishTime: '2019-02-26T08:27:30Z' };
    const first = await session.askForTask(ok(withJob(both)));
    expect(first).toHaveProperty('transcodeJobInfoList.0.finishedAt', '2019-02-26T08:27:19.000Z');
    const garbled = await session.askForTask(ok(withJob({ ...both, CompleteTime: '019-02-26T08:27:19Z' })));
    expect(garbled).toHaveProperty('transcodeJobInfoList.0.finishedAt', '2019-02-26T08:27:30.000Z');
  });

  test('a job has a failure only when it failed', async () => {
    const words = { ErrorCode: '200', ErrorMessage: 'ErrorMessage' };
    const failed = await session.askForTask(ok(withJob({ ...words, TranscodeJobStatus: 'TranscodeFail' })));
    const failure = { code: '200', message: 'ErrorMessage' };
    expect(failed).toHaveProperty('transcodeJobInfoList.0.failure', failure);
    const fine = await session.askForTask(ok(withJob({ ...words, TranscodeJobStatus: 'TranscodeSuccess' })));
    expect(fine).toHaveProperty('transcodeJobInfoList.0.failure', null);
  });

  test.each([
    ['Transcoding', 'RUNNING'],
    ['TranscodeSuccess', 'SUCCEEDED'],
    ['TranscodeFail', 'FAILED'],
    ['TranscodeCancel', 'UNKNOWN'],
    ['constructor', 'UNKNOWN'],
  ])('the job status %s is read as %s', async (word, status) => {
    const snapshot = await session.askForTask(ok(withJob({ TranscodeJobStatus: word })));
    expect(snapshot).toHaveProperty('transcodeJobInfoList.0.status', status);
    expect(snapshot).toHaveProperty('transcodeJobInfoList.0.vendorStatus', word);
  });

  test.each<[Json, string | null, string | null]>([
    ['Auto', 'Auto', 'AUTO'],
    ['Manual ', 'Manual ', 'MANUAL'],
    ['Undocumented', 'Undocumented', 'UNKNOWN'],
    ['constructor', 'constructor', 'UNKNOWN'],
    ['', null, null],
    [{}, null, null],
  ])('the trigger %j is kept as %j and read as %s', async (Trigger, trigger, triggerKind) => {
    const snapshot = await session.askForTask(ok(withTask({ Trigger })));
    expect(snapshot).toMatchObject({ trigger, triggerKind });
  });

  test("a job without its id is not in the list, but counts in the task's progress, outputs and failure", async () => {
    const nameless = {
      TranscodeJobStatus: 'TranscodeSuccess',
      TranscodeProgress: 100,
      OutputFile: { OutputFileUrl: 'http://b/1.mp4' },
    };
    const jobs = [nameless, { TranscodeJobId: 'job-1', TranscodeProgress: 40 }];
    const snapshot = await session.askForTask(ok(withTask({ TranscodeJobInfoList: jobs })));
    expect(snapshot).toMatchObject({
      progress: 70,
      outputs: [{ url: 'http://b/1.mp4' }],
      transcodeJobInfoList: [{ transcodeJobId: 'job-1' }],
    });
  });

  test('a status with a blank after it, as the English sample has one in Trigger, is still understood', async () => {
    const snapshot = await session.askForTask(ok(withTask({ TaskStatus: 'Processing ' })));
    expect([snapshot.status, snapshot.vendorStatus]).toEqual(['RUNNING', 'Processing ']);
  });

  test('an answer of jobs alone, without TranscodeTask, has the jobs and an unknown status', async () => {
    const jobs = [
      {
        TranscodeJobId: 'job-1',
        TranscodeJobStatus: 'TranscodeSuccess',
        TranscodeProgress: 100,
        OutputFile: { OutputFileUrl: 'http://b/1.mp4' },
      },
      { TranscodeJobId: 'job-2', TranscodeJobStatus: 'Transcoding', TranscodeProgress: 40 },
    ];
    const body = ok({ RequestId: 'r', TranscodeJobInfoList: jobs, NonExistJobIds: ['x'] });
    const snapshot = await session.askForTask(body);
    expect(snapshot).toMatchObject({ status: 'UNKNOWN', vendorStatus: null, progress: 70, failure: null });
    expect(snapshot).toHaveProperty('transcodeJobInfoList.length', 2);
    expect(snapshot.outputs).toMatchObject([{ url: 'http://b/1.mp4' }]);
  });

  test('a task without jobs, as of a broken source, has an empty list of them and no progress', async () => {
    const snapshot = await session.askForTask(ok(withTask({ TaskStatus: 'CompleteAllFail' })));
    expect(snapshot).toMatchObject({
      status: 'FAILED',
      progress: null,
      outputs: [],
      transcodeJobInfoList: [],
    });
  });

  test('an item of the list of jobs that is no job is omitted', async () => {
    const jobs = [null, 5, 'job', [], { TranscodeJobId: 'job-1' }];
    const snapshot = await session.askForTask(ok(withTask({ TranscodeJobInfoList: jobs })));
    expect(snapshot).toMatchObject({ transcodeJobInfoList: [{ transcodeJobId: 'job-1' }] });
  });

  test('an id of any length is accepted', async () => {
    const TranscodeTaskId = `${taskId}00`;
    const reply = ok({ TranscodeTask: { TranscodeTaskId, TaskStatus: 'Processing' } });
    const snapshot = await session.ask(reply, { key: { transcodeTaskId: TranscodeTaskId } });
    expect(snapshot?.status).toBe('RUNNING');
  });

  test('the XML sample of the document, the vendor default, is a bad response', async () => {
    const error = await session.askForError({ body: readFixture('aliyun-vod/document-xml.txt') });
    expect(error.code).toBe('BAD_RESPONSE');
  });

  test('any code with Throttling in it is throttling, as in the vendor SDK', async () => {
    const error = await session.askForError(harness.refusal('Throttling.Undocumented', 'Slower.', 400));
    expect(error.code).toBe('RATE_LIMITED');
  });

  test('HTTP 404 is an unknown task only with the code for it', async () => {
    const error = await session.askForError(harness.refusal('InvalidUnheard.NotFound', 'What?', 404));
    expect(error.code).toBe('REJECTED');
  });
});
