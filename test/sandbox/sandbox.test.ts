import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createSandbox,
  exampleTasks,
  faultNames,
  type ProviderName,
  providerNames,
} from '../../sandbox/index.ts';
import { control, send } from './http.ts';
import { openPlainSandbox, type PlainSandbox } from './plain-sandbox.ts';

/** What holds for every vendor, shown with the one whose requests are the plainest. */

let clock: number;
let sandbox: PlainSandbox;

beforeEach(async () => {
  clock = Date.parse('2026-01-02T03:04:05Z');
  sandbox = await openPlainSandbox(() => clock);
});

afterEach(() => sandbox.close());

const statsOf = async (provider: ProviderName = 'visionular') =>
  (await control(sandbox, 'GET /stats')).body[provider];

/** Opens and closes a sandbox at the first of these ports that is free, together with those that follow. */
async function openAtPorts([firstPort = 0, ...others]: readonly number[]) {
  try {
    const { urls, close } = await createSandbox({ firstPort });
    await close();
    return { firstPort, urls };
  } catch (error) {
    if (others.length === 0) throw error;
    return openAtPorts(others);
  }
}

it('has an address, statistics and examples for every vendor', async () => {
  expect(Object.keys(sandbox.urls)).toEqual(['control', ...Object.keys(sandbox.credentials)]);
  expect(Object.keys((await control(sandbox, 'GET /stats')).body)).toEqual(providerNames);
  expect((await control(sandbox, 'GET /tasks')).body).toEqual(exampleTasks);
});

it('listens on one port after the other, beginning with the control port', async () => {
  const { firstPort, urls } = await openAtPorts([14_610, 15_610, 16_610]);
  expect(Object.values(urls).map((url) => Number(new URL(url).port) - firstPort)).toEqual([0, 1, 2, 3, 4]);
});

describe('The tasks of a vendor', () => {
  const taskOf = async (taskId: string) => (await sandbox.ask(taskId)).body.data;

  it('evolve from the first request on, with a progress that grows', async () => {
    clock += 1_000_000;
    const seen: unknown[] = [];
    for (let second = 0; second <= 24; second += 6) {
      const { status, progress } = await taskOf('evolving-x');
      seen.push([status, progress]);
      clock += 6_000;
    }
    expect(seen).toEqual([
      ['pending', 0],
      ['running', 10],
      ['running', 40],
      ['running', 70],
      ['succeeded', 100],
    ]);
  });

  it('for load differ in speed, and those that are done have ended before the first request', async () => {
    const phases = new Set<unknown>();
    for (const wait of [0, 14_000]) {
      clock += wait;
      for (let n = 0; n < 4; n += 1) phases.add((await taskOf(`load-${n}`)).progress);
      clock += 1_000;
    }
    expect(phases.size).toBeGreaterThan(2);
    clock += 1_000;
    expect((await taskOf('done-1')).status).toBe('succeeded');
  });

  it.each(['constructor', '__proto__', 'load-', 'load-x', 'evolving-'])(
    'do not include %s',
    async (taskId) => {
      expect((await sandbox.ask(taskId)).body.code).toBe(1004);
    },
  );
});

describe('The quota', () => {
  const statusesOf = async (times: number, secret?: string) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await sandbox.ask('success', secret)).status);
    return statuses;
  };

  it('holds over any sliding second', async () => {
    const [answered, throttled] = [Array(5).fill(200), 429];
    expect(await statusesOf(5)).toEqual(answered);
    clock += 600;
    expect(await statusesOf(6)).toEqual([...answered, throttled]);
    clock += 399;
    expect(await statusesOf(1)).toEqual([throttled]);
    clock += 1;
    expect(await statusesOf(6)).toEqual([...answered, throttled]);
    const refused = { 1005: 3 };
    expect(await statsOf()).toMatchObject({ calls: 18, answered: 15, refused, mostInAnySecond: 13 });
  });

  it('is not used up by calls that are refused', async () => {
    await statusesOf(11, 'wrong');
    expect(await statusesOf(1)).toEqual([200]);
  });
});

describe('The control port', () => {
  it('counts every call as answered, refused or faulted, and resets the counts on DELETE', async () => {
    await sandbox.ask('success');
    await sandbox.ask('success', 'wrong');
    await control(sandbox, 'PUT /faults/visionular', { fault: 'error' });
    await sandbox.ask('success');
    const fault = { fault: 'error' };
    const counts = {
      calls: 3,
      answered: 1,
      refused: { 1003: 1 },
      faulted: 1,
      mostInAnySecond: 3,
      inFlight: 0,
    };
    expect(await statsOf()).toEqual({ ...counts, quota: 10, fault });
    expect(await statsOf('zego')).toMatchObject({ calls: 0, mostInAnySecond: 0, fault: null });
    const { body } = await control(sandbox, 'DELETE /stats');
    expect(body.visionular).toMatchObject({
      calls: 0,
      answered: 0,
      refused: {},
      faulted: 0,
      mostInAnySecond: 0,
      fault,
    });
  });

  it.each([
    '{',
    null,
    [],
    { fault: 'constructor' },
    { fault: 'slow', ms: '5' },
    { fault: 'clock', ms: 1e12 },
    { fault: 'garbage', body: 5 },
    { fault: 'throttled', retryAfter: 'a\r\nb' },
    { fault: 'slow', speed: 5 },
  ])('refuses the setting %j and lists the valid ones', async (setting) => {
    const { status, body } = await control(sandbox, 'PUT /faults/visionular', setting);
    expect(status).toBe(400);
    for (const name of [...faultNames, 'retryAfter']) expect(body.error).toContain(name);
    expect((await statsOf()).fault).toBeNull();
  });

  it('lists the providers when the name is unknown', async () => {
    const { status, body } = await control(sandbox, 'PUT /faults/visionula', { fault: 'down' });
    expect([status, body.error]).toEqual([404, expect.stringContaining('aliyun-vod, visionular')]);
  });

  it('has a help text', async () => {
    const { headers, text } = await send({ url: `${sandbox.urls.control}/` });
    expect(headers['content-type']).toMatch(/text\/plain/);
    for (const word of [...faultNames, 'aliyun-vod, visionular', 'GET    /stats'])
      expect(text).toContain(word);
  });

  it.each([
    'GET /nothing',
    'POST /stats',
    'GET /faults/visionular',
    'PUT /faults',
    'PUT /faults/visionular/x',
    'GET /stats/x',
  ])('knows no %s', async (command) => {
    expect(await control(sandbox, command)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) },
    });
  });
});
