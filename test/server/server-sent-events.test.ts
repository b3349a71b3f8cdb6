import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';
import { get, post, readEvents } from './event-stream.ts';
import { subscribeByEvents, updatesOf, updatesQuery } from './subscription-clients.ts';

/** Subscriptions over server-sent events through the whole program. */

let stack: Stack;

beforeAll(async () => {
  stack = await openStack({ clock: createSteppedClock(100) });
});

afterAll(() => stack.close());

const operationOf = (...ids: string[]) => ({ query: updatesQuery, variables: { ids } });

const succeeded = (id: string) => ({
  event: 'next',
  data: {
    data: { mediaTaskUpdates: { id, status: 'SUCCEEDED', progress: 100, isFinal: true, problem: null } },
  },
});

const end = { event: 'complete', data: null };

describe('a stream of server-sent events', () => {
  it('holds each change of several tasks, and ends when all are final', async () => {
    const ids = ['zego:tencent:evolving-events', 'aliyun-vod:all-succeeded'];
    const subscription = subscribeByEvents(stack.url, updatesOf(...ids));
    expect(await subscription.ended).toBe('complete');
    const statuses = subscription
      .tasks()
      .filter(({ id }) => id === ids[0])
      .map(({ status }) => status);
    expect([...new Set(statuses)]).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect(subscription.tasks().filter(({ id }) => id === ids[1])).toHaveLength(1);
  });

  it.each([
    ['POST', post],
    ['GET', get],
  ])('must not be stored, over %s', async (_, send) => {
    const reply = await send(stack.url, 'text/event-stream', operationOf('aliyun-vod:all-succeeded'));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(reply.headers.get('cache-control')).toBe('no-cache');
    expect(await readEvents(reply)).toEqual([succeeded('aliyun-vod:all-succeeded'), end]);
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
    const query = `${updatesQuery.replace('subscription', 'subscription Updates')} query Now { mediaTask(id: "aliyun-vod:all-succeeded") { status } }`;
    const reply = await post(stack.url, both[0] ?? '', { query, operationName: 'Now' });
    expect(await reply.json()).toEqual({ data: { mediaTask: { status: 'SUCCEEDED' } } });
  });

  it.each([
    ['does not parse', '{ mediaTask(', 200],
    ['is not a string', 5, 400],
    ['is missing', undefined, 400],
  ])('gets its mistake as JSON when the query %s', async (_, query, status) => {
    const reply = await post(stack.url, both[0] ?? '', { query });
    expect(reply.status).toBe(status);
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

  it('by GET without a query, or with variables that are not JSON, is refused with 400', async () => {
    for (const search of ['', '?variables={', `?query=${encodeURIComponent(updatesQuery)}&variables={`]) {
      const reply = await fetch(`${stack.url}/graphql${search}`, {
        headers: { accept: 'text/event-stream' },
      });
      expect([search, reply.status]).toEqual([search, 400]);
      await reply.text();
    }
  });
});

describe('a subscription from a client that does not accept events', () => {
  it.each(['application/json', '*/*', 'application/graphql-response+json'])(
    'is refused with 400 and the transports to use (%s)',
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
