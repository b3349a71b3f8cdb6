import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createSandbox, type ProviderName, providerNames, type Sandbox } from '../../sandbox/index.ts';
import { ask, control } from './clients.ts';

const parametersOf: Record<ProviderName, Record<string, string>> = {
  'aliyun-vod': { TranscodeTaskId: 'processing' },
  visionular: { task_id: 'running' },
  'volcengine-webcast': { AppId: 'demo-app', RoomId: 'demo-room', TaskId: 'running' },
  'volcengine-whiteboard': { app_id: 'demo-app', task_id: 'running' },
  zego: { Vendor: 'Tencent', TaskId: 'compose' },
};

const throttleAnswer: Record<ProviderName, { status: number; body: object }> = {
  'aliyun-vod': { status: 400, body: { Code: 'Throttling.User' } },
  visionular: { status: 429, body: { code: 1005 } },
  'volcengine-webcast': {
    status: 200,
    body: { ResponseMetadata: { Error: { Code: 'FlowLimitExceeded.QPSOverLimit' } } },
  },
  'volcengine-whiteboard': {
    status: 200,
    body: { ResponseMetadata: { Error: { Code: 'FlowLimitExceeded.QPSOverLimit' } } },
  },
  zego: { status: 200, body: { Code: 6 } },
};

const documented: Record<ProviderName, number> = {
  'aliyun-vod': 15,
  visionular: 10,
  'volcengine-webcast': 60,
  'volcengine-whiteboard': 10,
  zego: 20,
};

let clock: number;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = Date.parse('2026-01-02T03:04:05Z');
  sandbox = await createSandbox({ now: () => clock });
});

afterEach(() => sandbox.close());

async function askTimes(provider: ProviderName, times: number) {
  const answers = [];
  for (let i = 0; i < times; i += 1)
    answers.push(await ask(sandbox, provider, parametersOf[provider], clock));
  return answers;
}

it.each(providerNames)(
  '%s answers its documented number of calls in any sliding second, and no more',
  async (provider) => {
    const quota = documented[provider];
    const early = 3;
    await askTimes(provider, early);
    clock += 600;
    await askTimes(provider, quota - early);
    expect((await askTimes(provider, 1))[0]).toMatchObject(throttleAnswer[provider]);

    clock += 399;
    expect((await askTimes(provider, 1))[0]).toMatchObject(throttleAnswer[provider]);

    clock += 1;
    const later = await askTimes(provider, early + 1);
    expect(later.slice(0, early).every(({ status }) => status === 200)).toBe(true);
    expect(later[early]).toMatchObject(throttleAnswer[provider]);

    const { body } = await control(sandbox, 'GET /stats');
    expect(body[provider]).toMatchObject({
      calls: quota + 6,
      answered: quota + early,
      quota,
      mostInAnySecond: quota + 3,
    });
  },
);

it('the two actions on the host of Volcengine have a quota each', async () => {
  await askTimes('volcengine-whiteboard', 11);
  await askTimes('volcengine-webcast', 11);
  const { body } = await control(sandbox, 'GET /stats');
  expect(body['volcengine-whiteboard'].refused).toEqual({ 'FlowLimitExceeded.QPSOverLimit': 1 });
  expect(body['volcengine-webcast'].refused).toEqual({});
});

it('a refused call takes nothing from the quota', async () => {
  for (let i = 0; i < 30; i += 1)
    await ask(sandbox, 'zego', { Vendor: 'Tencent', TaskId: 'x', Signature: 'y' }, clock);
  expect((await askTimes('zego', 1))[0]?.body.Code).toBe(0);
});

it('a quota can be set for each provider', async () => {
  await sandbox.close();
  sandbox = await createSandbox({ now: () => clock, quotas: { zego: 1 } });
  const [first, second] = await askTimes('zego', 2);
  expect([first?.body.Code, second?.body.Code]).toEqual([0, 6]);
});
