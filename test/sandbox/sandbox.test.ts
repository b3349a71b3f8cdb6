import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { faultNames } from '../../sandbox/index.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';
import { acme, type ExampleSandbox, openExampleSandbox } from './example-vendor.ts';
import { control, send } from './http.ts';

let clock: number;
let sandbox: ExampleSandbox;

beforeEach(async () => {
  clock = Date.parse('2026-01-02T03:04:05Z');
  sandbox = await openExampleSandbox(() => clock);
});

afterEach(() => sandbox.close());

const statsOf = async (provider: 'acme' | 'quiet') => (await control(sandbox, 'GET /stats')).body[provider];

/** Opens and closes a sandbox at the first of these ports that is free, together with those that follow. */
async function openAtPorts([firstPort = 0, ...others]: readonly number[]) {
  try {
    const { urls, close } = await openSandbox({ acme, other: acme }, { firstPort });
    await close();
    return { firstPort, urls };
  } catch (error) {
    if (others.length === 0) throw error;
    return openAtPorts(others);
  }
}

describe('A vendor of the registry', () => {
  it('has an address, credentials, an environment, statistics, faults and examples without further code', async () => {
    expect(Object.keys(sandbox.urls)).toEqual(['control', 'acme', 'quiet']);
    expect(sandbox.environment()).toMatchObject({ ACME_TOKEN: 'not-a-secret-sandbox-acme' });
    expect((await control(sandbox, 'PUT /faults/acme', { fault: 'hang' })).status).toBe(200);
    expect(Object.keys((await control(sandbox, 'GET /stats')).body)).toEqual(['acme', 'quiet']);
    expect((await control(sandbox, 'GET /tasks')).body).toContainEqual({
      id: 'acme:busy',
      provider: 'acme',
      shows: 'is at work',
      vendorStatus: 'busy',
      parameters: { taskId: 'busy' },
    });
  });

  it('listens on the port after that of the one before, beginning with the control port', async () => {
    const { firstPort, urls } = await openAtPorts([14_610, 15_610, 16_610]);
    expect(Object.values(urls).map((url) => Number(new URL(url).port) - firstPort)).toEqual([0, 1, 2]);
  });

  it('can have the task in the path and a bearer token', async () => {
    expect(await sandbox.ask('/v1/tasks/done')).toMatchObject({
      status: 200,
      body: { id: 'done', status: 'ready' },
    });
    expect((await sandbox.ask('/v1/tasks/unheard-of')).status).toBe(404);
    expect((await sandbox.ask('/v1/tasks/done', 'wrong')).status).toBe(401);
    expect(await statsOf('acme')).toMatchObject({ calls: 3, answered: 2, refused: { 401: 1 } });
  });

  it('decodes a segment of the path as the id, and refuses a malformed one', async () => {
    const taskId = 'evolving-a/b:c?d=1&e#%+é/..';
    const { body } = await sandbox.ask(`/v1/tasks/${encodeURIComponent(taskId)}`);
    expect(body.id).toBe(taskId);
    expect((await sandbox.ask('/v1/tasks/%zz')).status).toBe(400);
    expect((await sandbox.ask('/v1/tasks/done?taskId=busy')).status).toBe(400);
  });

  it.each(['/v1/tasks/', '/v1/tasks', '/v1/tasks/done/', '/v1/tasks/a/b', '/v2/tasks/done'])(
    'does not know the path %s',
    async (path) => {
      expect((await sandbox.ask(path)).status).toBe(404);
      expect((await statsOf('acme')).refused).toEqual({ 'HTTP 404': 1 });
    },
  );
});

describe('The tasks of a vendor', () => {
  const taskOf = async (taskId: string) => (await sandbox.ask(`/v1/tasks/${taskId}`)).body;

  it('evolve from the first request on, with a progress that grows', async () => {
    clock += 1_000_000;
    const seen: unknown[] = [];
    for (let second = 0; second <= 24; second += 6) {
      seen.push(Object.values(await taskOf('evolving-x')).slice(1));
      clock += 6_000;
    }
    expect(seen).toEqual([
      ['queued', 0],
      ['running', 10],
      ['running', 40],
      ['running', 70],
      ['final', 100],
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
    expect((await taskOf('done-1')).status).toBe('final');
  });

  it.each(['constructor', '__proto__', 'load-', 'load-x', 'evolving-'])(
    'do not include %s',
    async (taskId) => {
      expect((await sandbox.ask(`/v1/tasks/${taskId}`)).status).toBe(404);
    },
  );
});

describe('The quota', () => {
  const statusesOf = async (times: number, token?: string) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await sandbox.ask('/v1/tasks/done', token)).status);
    return statuses;
  };

  it('holds over any sliding second', async () => {
    expect(await statusesOf(2)).toEqual([200, 200]);
    clock += 600;
    expect(await statusesOf(4)).toEqual([200, 200, 200, 429]);
    clock += 399;
    expect(await statusesOf(1)).toEqual([429]);
    clock += 1;
    expect(await statusesOf(3)).toEqual([200, 200, 429]);
    expect(await statsOf('acme')).toMatchObject({
      calls: 10,
      answered: 7,
      refused: { 429: 3 },
      mostInAnySecond: 8,
    });
  });

  it('is not used up by calls that are refused', async () => {
    await statusesOf(6, 'wrong');
    expect(await statusesOf(1)).toEqual([200]);
  });
});

describe('The control port', () => {
  it('counts every call as answered, refused or faulted, and resets the counts on DELETE', async () => {
    await sandbox.ask('/v1/tasks/done');
    await sandbox.ask('/v1/tasks/done', 'wrong');
    await control(sandbox, 'PUT /faults/acme', { fault: 'error' });
    await sandbox.ask('/v1/tasks/done');
    const fault = { fault: 'error' };
    const counts = {
      calls: 3,
      answered: 1,
      refused: { 401: 1 },
      faulted: 1,
      mostInAnySecond: 3,
      inFlight: 0,
    };
    expect(await statsOf('acme')).toEqual({ ...counts, quota: 5, fault });
    expect(await statsOf('quiet')).toMatchObject({ calls: 0, mostInAnySecond: 0, fault: null });
    const { body } = await control(sandbox, 'DELETE /stats');
    expect(body.acme).toMatchObject({
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
    const { status, body } = await control(sandbox, 'PUT /faults/acme', setting);
    expect(status).toBe(400);
    for (const name of [...faultNames, 'retryAfter']) expect(body.error).toContain(name);
    expect((await statsOf('acme')).fault).toBeNull();
  });

  it('lists the providers when the name is unknown', async () => {
    const { status, body } = await control(sandbox, 'PUT /faults/acne', { fault: 'down' });
    expect([status, body.error]).toEqual([404, expect.stringContaining('acme, quiet')]);
  });

  it('has a help text', async () => {
    const { headers, text } = await send({ url: `${sandbox.urls.control}/` });
    expect(headers['content-type']).toMatch(/text\/plain/);
    for (const word of [...faultNames, 'acme, quiet', 'GET    /stats']) expect(text).toContain(word);
  });

  it.each([
    'GET /nothing',
    'POST /stats',
    'GET /faults/acme',
    'PUT /faults',
    'PUT /faults/acme/x',
    'GET /stats/x',
  ])('knows no %s', async (command) => {
    expect(await control(sandbox, command)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) },
    });
  });
});
