import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFastClock } from '../support/fast-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { followEvents, updatesOf, updatesQuery } from './clients.ts';
import { get, post, readEvents } from './raw-events.ts';

/** Following tasks by server-sent events, through the whole program, twelve times as fast as in the world. */

let stack: Stack;

beforeAll(async () => {
  const clock = createFastClock(12);
  stack = await openStack({ application: { clock }, sandbox: { now: clock.now } });
});

afterAll(() => stack.close());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const operationOf = (...ids: string[]) => ({ query: updatesQuery, variables: { ids } });

const succeeded = (id: string) => ({
  event: 'next',
  data: {
    data: { mediaTaskUpdates: { id, status: 'SUCCEEDED', progress: 100, isFinal: true, problem: null } },
  },
});

const end = { event: 'complete', data: null };

describe('server-sent events', () => {
  it('tell each change of several tasks, then the end', async () => {
    const ids = ['zego:tencent:evolving-events', 'aliyun-vod:all-succeeded'];
    const following = followEvents(stack.url, updatesOf(...ids));
    expect(await following.ended).toBe('complete');
    const statuses = following
      .tasks()
      .filter(({ id }) => id === ids[0])
      .map(({ status }) => status);
    expect([...new Set(statuses)]).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect(following.tasks().filter(({ id }) => id === ids[1])).toHaveLength(1);
  });

  it.each([
    ['POST', post],
    ['GET', get],
  ])('are an event stream that nobody may keep, over %s', async (_, send) => {
    const reply = await send(stack.url, 'text/event-stream', operationOf('aliyun-vod:all-succeeded'));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(reply.headers.get('cache-control')).toBe('no-cache');
    expect(await readEvents(reply)).toEqual([succeeded('aliyun-vod:all-succeeded'), end]);
  });

  it('cost for 20 who follow one task no more than for one', async () => {
    await stack.resetStats();
    await followEvents(stack.url, updatesOf('visionular:evolving-events-1')).ended;
    const callsForOne = (await stack.calls()).visionular;
    await stack.resetStats();
    const followings = Array.from({ length: 20 }, () =>
      followEvents(stack.url, updatesOf('visionular:evolving-events-2')),
    );
    await Promise.all(followings.map(({ ended }) => ended));
    for (const { tasks } of followings) expect(tasks().at(-1)?.status).toBe('SUCCEEDED');
    expect((await stack.calls()).visionular).toBeLessThanOrEqual(callsForOne + 2);
  });

  it('cost nothing more once the client is gone', async () => {
    await stack.resetStats();
    const following = followEvents(stack.url, updatesOf('zego:huawei:processing'));
    await following.atLeast(1);
    await waitFor(stack.calls, (calls) => calls.zego > 1);
    following.leave();
    await sleep(100);
    const { zego } = await stack.calls();
    await sleep(1_000);
    expect((await stack.calls()).zego).toBe(zego);
  });
});

describe('a client that accepts both JSON and events', () => {
  const both = [
    'application/json, text/event-stream',
    'text/event-stream, application/json',
    'application/graphql-response+json, application/json, text/event-stream',
    'text/event-stream;q=0.5, application/json;charset=utf-8',
  ];

  it.each(both)('gets JSON for a query (%s)', async (accept) => {
    const reply = await post(stack.url, accept, {
      query: '{ mediaTask(id: "aliyun-vod:all-succeeded") { status } }',
    });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/json/);
    expect(await reply.json()).toEqual({ data: { mediaTask: { status: 'SUCCEEDED' } } });
  });

  it.each(both)('gets events for a subscription (%s)', async (accept) => {
    for (const send of [post, get]) {
      const reply = await send(stack.url, accept, operationOf('aliyun-vod:all-succeeded'));
      expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(await readEvents(reply)).toEqual([succeeded('aliyun-vod:all-succeeded'), end]);
    }
  });

  it('gets what it names of a document with both kinds of operation', async () => {
    const query = `${updatesQuery.replace('subscription', 'subscription Live')} query Now { mediaTask(id: "aliyun-vod:all-succeeded") { status } }`;
    const reply = await post(stack.url, both[0] ?? '', { query, operationName: 'Now' });
    expect(await reply.json()).toEqual({ data: { mediaTask: { status: 'SUCCEEDED' } } });
  });

  it.each([
    ['does not parse', '{ mediaTask('],
    ['is no text', 5],
    ['is missing', undefined],
  ])('gets JSON that tells of its mistake when the query %s', async (_, query) => {
    const reply = await post(stack.url, both[0] ?? '', { query });
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toMatch(/json/);
    expect(await reply.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });
});

describe('a request that accepts only events', () => {
  it.each([
    ['a body without a query', '{}', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['half of a JSON', '{"query": "', 'application/json'],
    ['variables that are a text', '{"query": "{ __typename }", "variables": "no"}', 'application/json'],
    ['a form', 'query={__typename}', 'application/x-www-form-urlencoded'],
  ])('with %s is refused with 4xx', async (_, body, contentType) => {
    const reply = await fetch(`${stack.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': contentType, accept: 'text/event-stream' },
      body,
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(await reply.text()).not.toMatch(/node_modules|\.ts:\d+/);
  });

  it('by GET without a query, or with variables that are no JSON, is refused with 400', async () => {
    for (const search of ['', '?variables={', `?query=${encodeURIComponent(updatesQuery)}&variables={`]) {
      const reply = await fetch(`${stack.url}/graphql${search}`, {
        headers: { accept: 'text/event-stream' },
      });
      expect([search, reply.status]).toEqual([search, 400]);
      await reply.text();
    }
  });
});

describe('a subscription from a client that takes no events', () => {
  it.each(['application/json', '*/*', 'application/graphql-response+json'])(
    'is refused with 400 and the ways there are (%s)',
    async (accept) => {
      await stack.resetStats();
      const reply = await post(stack.url, accept, operationOf('zego:tencent:compose'));
      expect(reply.status).toBe(400);
      const { data, errors } = (await reply.json()) as {
        data?: unknown;
        errors: { message: string; extensions: object }[];
      };
      expect(data ?? null).toBeNull();
      expect(errors).toHaveLength(1);
      expect(errors[0]?.message).toMatch(/graphql-transport-ws.*text\/event-stream/);
      expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
      expect((await stack.calls()).zego).toBe(0);
    },
  );
});
