import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, type ExampleTask, exampleTasks, type Sandbox } from '../../sandbox/index.ts';
import { ask } from './clients.ts';

const OPENED_AT = Date.parse('2026-01-02T03:04:05Z');
const SECOND = 1_000;

let clock: number;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = OPENED_AT;
  sandbox = await createSandbox({ now: () => clock });
});

afterEach(() => sandbox.close());

async function answerAbout({ provider, parameters }: Pick<ExampleTask, 'provider' | 'parameters'>) {
  return (await ask(sandbox, provider, parameters, clock)).body;
}

function exampleTask(id: string): ExampleTask {
  const example = exampleTasks.find((task) => task.id === id);
  if (!example) throw new Error(`no example ${id}`);
  return example;
}

const answerTo = (id: string) => answerAbout(exampleTask(id));

type Answer = Awaited<ReturnType<typeof answerTo>>;

/** Where each vendor keeps the status of the task that was asked about. */
function statusIn(id: string, answer: Answer): unknown {
  if (id.startsWith('aliyun-vod')) return answer.TranscodeTask?.TaskStatus;
  if (id.startsWith('visionular')) return answer.data?.status;
  if (id.startsWith('volcengine')) {
    const { WebCastTask, WebcastTask, ...whiteboard } = answer.Result ?? {};
    return (WebCastTask ?? WebcastTask)?.Status ?? whiteboard.status ?? whiteboard.Status;
  }
  return id.startsWith('zego:huawei')
    ? (answer.Data.Huawei ?? answer.Huawei).Status
    : answer.Data?.Tencent?.Status;
}

describe('Every example', () => {
  it.each(exampleTasks.filter(({ vendorStatus }) => vendorStatus !== undefined))(
    '$id answers with the status $vendorStatus',
    async ({ id, vendorStatus }) => {
      expect(String(statusIn(id, await answerTo(id)))).toBe(vendorStatus);
    },
  );

  it('has an id and a sentence of its own', () => {
    expect(new Set(exampleTasks.map(({ id }) => id)).size).toBe(exampleTasks.length);
    expect(exampleTasks.every(({ shows }) => shows.length > 5)).toBe(true);
  });

  it('that is final answers the same however often it is asked for', async () => {
    const first = await answerTo('volcengine-webcast:demo-app:demo-room:ended');
    clock += 3_600 * SECOND;
    expect((await answerTo('volcengine-webcast:demo-app:demo-room:ended')).Result).toEqual(first.Result);
  });
});

describe('An id that nobody knows gets', () => {
  it.each([
    ['aliyun-vod:no-such-task', { Code: 'NoSuchResource' }],
    ['visionular:no-such-task', { code: 1004 }],
    [
      'volcengine-webcast:demo-app:demo-room:no-such-task',
      { ResponseMetadata: { Error: { Code: 'InvalidParameter.ErrorActiveTaskNotFound' } } },
    ],
    [
      'volcengine-whiteboard:demo-app:no-such-task',
      { ResponseMetadata: { Error: { Code: 'InvalidParameter.ErrorActiveTaskNotFound' } } },
    ],
    ['zego:tencent:no-such-task', { Code: 1000 }],
    ['zego:huawei:no-such-task', { Code: 0, Data: { Huawei: { Status: 'NO_TASK' } } }],
  ])('%s: the own answer of the vendor', async (id, answer) => {
    expect(await answerTo(id)).toMatchObject(answer);
  });

  it.each(['constructor', '__proto__', 'load-', 'load-x', 'evolving-'])('and so does %s', async (TaskId) => {
    const parameters = { Vendor: 'Tencent', TaskId };
    expect((await answerAbout({ provider: 'zego', parameters })).Code).toBe(1000);
  });
});

describe('An evolving task', () => {
  it.each([
    ['aliyun-vod:evolving-1', ['Processing', 'Processing', 'Partial', 'CompleteAllSucc']],
    ['visionular:evolving-1', ['pending', 'downloading', 'running', 'succeeded']],
    ['volcengine-webcast:demo-app:demo-room:evolving-1', [1, 2, 2, 3]],
    ['volcengine-whiteboard:demo-app:evolving-1', [0, 1, 1, 2]],
    ['zego:tencent:evolving-1', ['WAITING', 'PROCESSING', 'PROCESSING', 'FINISH']],
    ['zego:huawei:evolving-1', ['WAITING', 'PROCESSING', 'PROCESSING', 'SUCCEEDED']],
  ])('%s is queued, runs and ends, from the first question on', async (id, words) => {
    clock += 1_000 * SECOND;
    const firstAsked = clock;
    const seen: unknown[] = [];
    for (const seconds of [0, 4, 14, 24]) {
      clock = firstAsked + seconds * SECOND;
      seen.push(statusIn(id, await answerTo(id)));
    }
    expect(seen).toEqual(words);
  });

  it('has a progress that grows', async () => {
    const progress: number[] = [];
    for (let second = 0; second <= 24; second += 3) {
      const { Result } = await answerTo('volcengine-whiteboard:demo-app:evolving-1');
      progress.push(Result.progress);
      clock += 3 * SECOND;
    }
    expect(progress).toEqual([0, 0, 10, 25, 40, 55, 70, 85, 100]);
  });

  it('lives apart in another app and room', async () => {
    const inRoom = (RoomId: string) =>
      answerAbout({
        provider: 'volcengine-webcast',
        parameters: { AppId: 'a', RoomId, TaskId: 'evolving-1' },
      });
    await inRoom('one');
    clock += 30 * SECOND;
    expect((await inRoom('one')).Result.WebcastTask.Status).toBe(3);
    expect((await inRoom('two')).Result.WebCastTask.Status).toBe(1);
  });

  it('that carries load has a pace and an ending of its own', async () => {
    const words: string[] = [];
    for (const seconds of [0, 12, 60]) {
      clock = OPENED_AT + seconds * SECOND;
      for (let n = 0; n < 10; n += 1) {
        const parameters = { TranscodeTaskId: `load-${n}` };
        words.push((await answerAbout({ provider: 'aliyun-vod', parameters })).TranscodeTask.TaskStatus);
      }
    }
    expect(new Set(words.slice(0, 10))).toEqual(new Set(['Processing']));
    expect(new Set(words.slice(10, 20)).size).toBeGreaterThan(1);
    const endings = words.slice(20);
    expect(endings.filter((word) => word === 'CompleteAllSucc')).toHaveLength(8);
    expect([endings[3], endings[7]]).toEqual(['CompletePartialSucc', 'CompleteAllFail']);
  });
});

describe('Aliyun', () => {
  it("prints the document's answer value for value, its own contradiction included", async () => {
    const { RequestId, TranscodeTask } = await answerTo('aliyun-vod:c3be4f073c3f4534893e7d5193ec8');
    expect(RequestId).toBe('F4C6D5BE-BF13-4561-9F6C-516EA8906DCD');
    expect(TranscodeTask).toMatchObject({
      TaskStatus: 'CompleteAllSucc',
      CompleteTime: '2019-01-23T12:35:12Z',
    });
    expect(TranscodeTask.TranscodeJobInfoList[0]).toMatchObject({
      TranscodeJobStatus: 'TranscodeFail',
      FinishTime: '2019-01-23T12:35:06Z',
      OutputFile: { OutputFileUrl: expect.stringContaining('{DestMd5}') },
    });
    expect(TranscodeTask.TranscodeJobInfoList[2].OutputFile).not.toHaveProperty('SubtitleStreamList');
  });

  it('sends watermark ids as a list, as a scalar and as JSON in a string', async () => {
    const watermarksOf = async (id: string, job: number) =>
      (await answerTo(id)).TranscodeTask.TranscodeJobInfoList[job].OutputFile.WatermarkIdList;
    expect(await watermarksOf('aliyun-vod:all-succeeded', 1)).toEqual(['64079a0e3e286d23b48a8c9413']);
    expect(await watermarksOf('aliyun-vod:watermark-scalar', 0)).toBe('64079a0e3e286d23b48a8c9413');
    expect(await watermarksOf('aliyun-vod:watermark-json', 0)).toBe('["64079a0e3e286d23b48a8c9413"]');
  });

  it('can leave the task out, and can have a failed task without jobs', async () => {
    expect(await answerTo('aliyun-vod:jobs-only')).toMatchObject({
      TranscodeJobInfoList: [{ TranscodeJobId: 'jobs-only-job-1' }, { TranscodeJobId: 'jobs-only-job-2' }],
    });
    expect((await answerTo('aliyun-vod:source-broken')).TranscodeTask.TranscodeJobInfoList).toEqual([]);
  });

  it('finds jobs by their ids and names those it does not know', async () => {
    const JobIds = 'partial-job-2,nothing-job-1,partial-job-9,all-failed-job-1,cbc090458ee87abd0e0dbd6871a39';
    const answer = await answerAbout({ provider: 'aliyun-vod', parameters: { JobIds } });
    expect(answer).not.toHaveProperty('TranscodeTask');
    expect(answer.TranscodeJobInfoList).toMatchObject([
      { TranscodeJobId: 'partial-job-2', TranscodeJobStatus: 'Transcoding', TranscodeProgress: 60 },
      { TranscodeJobId: 'all-failed-job-1', TranscodeJobStatus: 'TranscodeFail' },
      { TranscodeJobId: 'cbc090458ee87abd0e0dbd6871a39', TranscodeJobStatus: 'TranscodeSuccess' },
    ]);
    expect(answer.NonExistJobIds).toEqual(['nothing-job-1', 'partial-job-9']);
  });
});

describe('The other vendors', () => {
  it('sign URLs that are still good', async () => {
    const { data } = await answerTo('visionular:success');
    const expires = Number(new URL(data.output_url).searchParams.get('Expires'));
    expect(expires * SECOND).toBeGreaterThan(clock);
    expect(data).toMatchObject({ dst_bitrate: 211.062, output: expect.any(String) });
  });

  it('tell of a web cast under either name, with zeros or with nothing', async () => {
    const webcast = async (id: string) =>
      (await answerTo(`volcengine-webcast:demo-app:demo-room:${id}`)).Result;
    expect(await webcast('not-started')).toMatchObject({
      WebcastTask: { StartTime: 0, EndTime: 0, StopReason: '' },
    });
    expect(Object.keys((await webcast('bare')).WebCastTask)).toEqual(['Status', 'StartTime', 'UserId']);
  });

  it('answer a whiteboard question of the newer version in its names', async () => {
    const parameters = { Version: '2023-11-01', AppId: 'demo-app', TaskId: 'running' };
    const answer = await answerAbout({ provider: 'volcengine-whiteboard', parameters });
    expect(answer.Result).toEqual({ Status: 1, Progress: 42, ErrCodeN: 0, ErrCode: '', ErrMsg: '' });
  });

  it('put Huawei inside Data, beside it, or next to Tencent', async () => {
    const succeeded = await answerTo('zego:huawei:succeeded');
    expect(succeeded.Data.Huawei.EndTime).toMatch(/^2026010202\d{4}$/);
    const beside = await answerTo('zego:huawei:beside-data');
    expect(beside).toMatchObject({ Data: {}, Huawei: { TaskId: 'beside-data', Status: 'SUCCEEDED' } });
    const both = await answerTo('zego:huawei:both-members');
    expect(both.Data).toMatchObject({ Tencent: { Status: 'FINISH' }, Huawei: { Status: 'PROCESSING' } });
  });
});
