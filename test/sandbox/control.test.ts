import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, exampleTasks, faultNames, providerNames, type Sandbox } from '../../sandbox/index.ts';
import { ask, control, send } from './clients.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});

beforeEach(async () => {
  await control(sandbox, 'DELETE /faults');
  await control(sandbox, 'DELETE /stats');
});

afterAll(() => sandbox.close());

describe('The statistics', () => {
  it('count what each provider saw, and every call as one of answered, refused and faulted', async () => {
    const task = { Vendor: 'Huawei', TaskId: 'succeeded' };
    await ask(sandbox, 'zego', task);
    await ask(sandbox, 'zego', { ...task, Signature: 'wrong' });
    await control(sandbox, 'PUT /faults/zego', { fault: 'error' });
    await ask(sandbox, 'zego', task);
    const { body } = await control(sandbox, 'GET /stats');
    expect(Object.keys(body)).toEqual([...providerNames]);
    expect(body.zego).toMatchObject({
      calls: 3,
      answered: 1,
      refused: { 100000005: 1 },
      faulted: 1,
      quota: 20,
      inFlight: 0,
      fault: { fault: 'error' },
    });
    expect(body.visionular).toMatchObject({ calls: 0, mostInAnySecond: 0, fault: null });
  });

  it('count a task that does not exist as answered', async () => {
    await ask(sandbox, 'visionular', { task_id: 'no-such-task' });
    expect((await control(sandbox, 'GET /stats')).body.visionular).toMatchObject({
      answered: 1,
      refused: {},
    });
  });

  it('start anew when deleted', async () => {
    await ask(sandbox, 'visionular', { task_id: 'success' });
    const { body } = await control(sandbox, 'DELETE /stats');
    expect(body.visionular).toMatchObject({ calls: 0, answered: 0, mostInAnySecond: 0 });
  });
});

describe('The fault switches', () => {
  it('show what is on', async () => {
    await control(sandbox, 'PUT /faults/zego', { fault: 'slow', ms: 10 });
    const { body } = await control(sandbox, 'GET /faults');
    expect(body).toEqual({
      'aliyun-vod': null,
      visionular: null,
      'volcengine-webcast': null,
      'volcengine-whiteboard': null,
      zego: { fault: 'slow', ms: 10 },
    });
  });

  it('name the providers there are', async () => {
    const { status, body } = await control(sandbox, 'PUT /faults/aliyun', { fault: 'down' });
    expect(status).toBe(404);
    for (const name of providerNames) expect(body.error).toContain(name);
  });

  it('name the faults there are', async () => {
    const { status, body } = await control(sandbox, 'PUT /faults/zego', { fault: 'constructor' });
    expect(status).toBe(400);
    for (const name of faultNames) expect(body.error).toContain(name);
  });

  it.each([
    ['{', /must be JSON/],
    ['null', /must be JSON/],
    [{ fault: 'slow', ms: '5' }, /whole number from 1 to/],
    [{ fault: 'slow', ms: -5 }, /whole number from 1 to/],
    [{ fault: 'clock', ms: 1e12 }, /whole number from -86400000 to 86400000/],
    [{ fault: 'garbage', body: 5 }, /body must be a string/],
    [{ fault: 'down', ms: 5 }, /takes no "ms"; it takes nothing/],
    [{ fault: 'slow', retryAfter: 5 }, /takes no "retryAfter"; it takes ms/],
    [{ fault: 'throttled', retryAfter: 'a\r\nb' }, /printable/],
    [{ fault: 'slow', speed: 5 }, /takes no "speed"/],
  ])('say what is wrong with %j', async (setting, words) => {
    const { status, body } = await control(sandbox, 'PUT /faults/zego', setting);
    expect([status, body.error]).toEqual([400, expect.stringMatching(words)]);
    expect((await control(sandbox, 'GET /faults')).body.zego).toBeNull();
  });
});

describe('The control port', () => {
  it('lists the example tasks', async () => {
    expect((await control(sandbox, 'GET /tasks')).body).toEqual(exampleTasks);
  });

  it('explains itself to people', async () => {
    const { headers, text } = await send({ url: `${sandbox.urls.control}/` });
    expect(headers['content-type']).toMatch(/text\/plain/);
    for (const word of [...faultNames, ...providerNames, 'GET    /stats']) expect(text).toContain(word);
  });

  it.each([
    'GET /nothing',
    'POST /stats',
    'GET /faults/zego',
    'PUT /faults',
    'PUT /faults/zego/x',
    'GET /stats/x',
  ])('knows no %s', async (command) => {
    expect(await control(sandbox, command)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) },
    });
  });
});
