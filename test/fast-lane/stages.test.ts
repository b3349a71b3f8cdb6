import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestFinished } from '../../src/domain/events.ts';
import { openTestServer, type TestServer } from '../server/test-server.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** What may refuse a request, or must see it, comes before the fast lane, also for an answer that is known. */

const secret = 'router-secret-of-test';
const origin = 'https://dashboard.example';
const query = 'query Poll($ids: [ID!]!) { mediaTasks(ids: $ids) { id status nextPollAfterMs } }';
const ids = ['zego:tencent:a', 'zego:tencent:b'];
const operation = { query, variables: { ids } };
const headers = { 'router-authorization': secret };

let server: TestServer;

const ask = (body: object = operation, more: Record<string, string> = headers) =>
  postOperation<{ mediaTasks: unknown[] }>(`${server.url}/graphql`, body, more);

const get = (more: Record<string, string> = {}) => {
  const search = new URLSearchParams({ query, variables: JSON.stringify({ ids }) });
  return fetch(`${server.url}/graphql?${search}`, { headers: { ...headers, ...more } });
};

const lastRequest = async (count: number): Promise<RequestFinished> => {
  const finished = await waitFor(
    async () => server.events.filter((event) => event.kind === 'request-finished'),
    (events) => events.length >= count,
  );
  return finished[count - 1] as RequestFinished;
};

beforeEach(async () => {
  const settings = { routerSecrets: [secret], allowedOrigins: [origin], maxIdsPerQuery: 3, fastLane: true };
  server = await openTestServer(settings);
  for (const name of ['a', 'b']) server.lookup.fresh.set(`zego:tencent:${name}`, taskOf(name));
  // Apollo Server answers the first, the lane the second, and the same again without reading it.
  for (let n = 0; n < 2; n += 1) await ask();
});

afterEach(async () => {
  await server.close();
});

describe('an answer that is known', () => {
  it('emits an event like any other, which names the fast lane', async () => {
    const { text } = await ask();
    const [first, ...others] = [await lastRequest(1), await lastRequest(2), await lastRequest(3)];
    expect(first).toMatchObject({ operation: 'Poll', bytes: Buffer.byteLength(text), tasks: { OK: 2 } });
    const expected = { ...first, isFastLane: true, durationMs: expect.any(Number) };
    expect([first?.isFastLane, ...others]).toEqual([false, expected, expected]);
  });

  it('is not given without the router secret', async () => {
    expect(await ask(operation, {})).toMatchObject({ httpStatus: 401, data: undefined });
  });

  it('is not given to a page of another origin', async () => {
    expect(await ask(operation, { ...headers, origin: 'https://elsewhere.example' })).toMatchObject({
      httpStatus: 403,
      data: undefined,
    });
  });

  it('is given to a page of an allowed origin, with the headers it needs', async () => {
    const { httpStatus, headers: answered } = await ask(operation, { ...headers, origin });
    expect((await lastRequest(3)).isFastLane).toBe(true);
    expect(httpStatus).toBe(200);
    expect(answered.get('access-control-allow-origin')).toBe(origin);
    expect(answered.get('vary')).toBe('origin, router-authorization');
    expect(answered.get('x-content-type-options')).toBe('nosniff');
    expect(answered.get('cache-control')).toMatch(/^max-age=\d+, public$/);
  });

  it('counts for the limits on ids', async () => {
    const tooMany = { query, variables: { ids: [...ids, ...ids] } };
    expect(await ask(tooMany)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect((await lastRequest(3)).isFastLane).toBe(false);
  });

  it('closes the connection while the server drains', async () => {
    const slow = await openTestServer({ fastLane: true, closeDelayMs: 2_000 });
    try {
      slow.lookup.fresh.set('zego:tencent:a', taskOf('a'));
      const body = { query, variables: { ids: ['zego:tencent:a'] } };
      await postOperation(`${slow.url}/graphql`, body);
      const closed = slow.shutDown();
      const { headers: answered, httpStatus } = await postOperation(`${slow.url}/graphql`, body);
      expect([httpStatus, answered.get('connection')]).toEqual([200, 'close']);
      await closed;
    } finally {
      await slow.close();
    }
  });
});

/** Posts so often, without waiting, and reads no answer until `read` is called. */
const askWithoutReading = (body: object, times: number) => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).pause();
  const text = JSON.stringify(body);
  const lines = [
    'POST /graphql HTTP/1.1',
    'host: test',
    `router-authorization: ${secret}`,
    'content-type: application/json',
    // As `ask` does: for this header, the lane knows the type of an answer.
    'accept: */*',
    `content-length: ${text.length}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`.repeat(times));
  return {
    read: async (length: number) => {
      let answers = '';
      for await (const chunk of socket) {
        answers += chunk;
        if (answers.length >= length && answers.endsWith('}')) break;
      }
      return answers;
    },
  };
};

describe('the memory of an answer', () => {
  it('is not used again before its client has it, however slowly that reads', async () => {
    const text = 'query Poll($id: ID!) { mediaTask(id: $id) { vendorStatus } }';
    const toBody = (name: string) => ({ query: text, variables: { id: `zego:tencent:${name}` } });
    for (const name of ['x', 'y']) {
      const vendorStatus = name.repeat(7_000_000);
      server.lookup.fresh.set(`zego:tencent:${name}`, taskOf(name, 'RUNNING', { vendorStatus }));
      await ask(toBody(name));
    }
    // More than the operating system takes for a client that does not read.
    const slow = askWithoutReading(toBody('x'), 3);
    for (let n = 0; n < 4; n += 1) expect((await ask(toBody('y'))).text).toContain('yyyy');
    const answers = await slow.read(3 * 7_000_000);
    const words = answers.split('"').filter((word) => word.startsWith('x'));
    expect(words.map((word) => word === 'x'.repeat(7_000_000))).toEqual([true, true, true]);
    expect((await lastRequest(11)).isFastLane).toBe(true);
  });
});

describe('an answer that is known to its client', () => {
  it('is 304 without a body, with the same headers for caches', async () => {
    const first = await get();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    const second = await get({ 'if-none-match': `"other", ${etag}` });
    expect([second.status, await second.text()]).toEqual([304, '']);
    for (const name of ['etag', 'cache-control', 'vary']) {
      expect([name, second.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    }
    expect((await lastRequest(4)).isFastLane).toBe(true);
  });

  it('is sent again when a task has a new answer', async () => {
    const etag = (await get()).headers.get('etag') ?? '';
    server.lookup.fresh.set('zego:tencent:b', taskOf('b', 'SUCCEEDED'));
    const second = await get({ 'if-none-match': etag });
    expect(second.status).toBe(200);
    expect(second.headers.get('etag')).not.toBe(etag);
  });

  it('is sent again to a POST', async () => {
    const etag = (await get()).headers.get('etag') ?? '';
    expect((await ask(operation, { ...headers, 'if-none-match': etag })).httpStatus).toBe(200);
  });

  it('is 304 without the fast lane, too', async () => {
    const slow = await openTestServer();
    try {
      slow.lookup.fresh.set('zego:tencent:a', taskOf('a'));
      const url = `${slow.url}/graphql?query=${encodeURIComponent('{ mediaTask(id: "zego:tencent:a") { status } }')}`;
      const etag = (await fetch(url)).headers.get('etag') ?? '';
      const second = await fetch(url, { headers: { 'if-none-match': etag } });
      expect([second.status, await second.text()]).toEqual([304, '']);
    } finally {
      await slow.close();
    }
  });
});

describe('a persisted query', () => {
  it('is answered by the fast lane once Apollo Server has answered it', async () => {
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const byHash = { variables: { ids }, extensions };
    expect((await ask(byHash)).errors?.[0]?.message).toBe('PersistedQueryNotFound');
    const registered = await ask({ ...byHash, query });
    const answered = await ask(byHash);
    expect(answered.text).toBe(registered.text);
    expect((await lastRequest(5)).isFastLane).toBe(true);
  });
});
