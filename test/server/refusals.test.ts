import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLimits } from '../../src/graphql/limits.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { type Answer, postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** What is answered to requests that never reach GraphQL, and what is left out of what does. */

const secret = 'a-secret-of-the-router';

let server: TestServer;
let withSecret: TestServer;
const clients = createClientPool(() => server.url);

beforeAll(async () => {
  server = await openTestServer({ introspection: false });
  withSecret = await openTestServer({ routerSecrets: [secret] });
});

afterAll(async () => {
  await server.close();
  await withSecret.close();
});

afterEach(() => clients.closeAll());

/** What the server answers to these bytes, until it closes the connection. */
const sendRaw = async (url: string, text: string): Promise<{ head: string; body: string }> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { head, body };
};

const request = (lines: readonly string[], body = ''): string =>
  `${['POST /graphql HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n${body}`;

const { bodyBytes } = createLimits({ maxIdsPerQuery: 200, maxRepresentations: 100 });

const json = 'content-type: application/json';

describe('a request that is', () => {
  it.each<[string, string, number]>([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['without Host', request(['connection: close']), 400],
    ['of two lengths', request(['host: a', 'content-length: 1', 'content-length: 2'], 'xx'), 400],
    [
      'of a length and chunks',
      request(['host: a', 'content-length: 1', 'transfer-encoding: chunked'], 'x'),
      400,
    ],
    ['of chunks that are none', request(['host: a', json, 'transfer-encoding: chunked'], 'zz\r\n'), 400],
    ['of an unknown encoding', request(['host: a', json, 'transfer-encoding: gzip, x'], 'zz\r\n'), 400],
    ['with headers of 20 kB', request(['host: a', `x: ${'x'.repeat(20_000)}`]), 431],
    [
      'with a malformed Host',
      request(['host: a b[', json, 'content-length: 2', 'connection: close'], '{}'),
      400,
    ],
    ['for another path', 'GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 404],
    ['for a path that is no URL', 'GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
    ['by another method', 'DELETE /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 405],
    ['of another type', request(['host: a', 'content-type: text/xml', 'content-length: 2'], '{}'), 415],
    ['of half a JSON', request(['host: a', json, 'content-length: 1'], '{'), 400],
    ['of 10,000 brackets', request(['host: a', json, 'content-length: 30000'], '['.repeat(30_000)), 400],
    [
      'with an extension of a chunk of 20 kB',
      request(['host: a', json, 'transfer-encoding: chunked'], `1;${'x'.repeat(20_000)}\r\n{\r\n`),
      413,
    ],
    ['of one byte too many', request(['host: a', json, `content-length: ${bodyBytes + 1}`], 'x'), 413],
  ])('%s is answered as GraphQL answers, and closes the connection', async (_, text, status) => {
    const lines = server.logLines.length;
    const { head, body } = await sendRaw(server.url, text);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    // Without Host, Node itself answers.
    if (text.includes('host:') || !text.startsWith('POST')) {
      expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
      expect(head.toLowerCase()).toContain('cache-control: no-store');
      expect(JSON.parse(body)).toEqual({
        errors: [
          { message: expect.any(String), extensions: { code: expect.stringMatching(/^BAD_|^NOT_FOUND/) } },
        ],
      });
    }
    expect(body).not.toMatch(/node_modules|\.ts:\d|FST_/);
    expect(server.logLines.slice(lines)).toEqual([]);
  });

  it('as large as it may be is answered', async () => {
    const query = '{ __typename }';
    const padding = ' '.repeat(bodyBytes - JSON.stringify({ query }).length);
    const reply = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `${padding}${JSON.stringify({ query })}`,
    });
    expect(reply.status).toBe(200);
  });

  it.each([
    [415, 'text/plain', '{"query":"{ __typename }"}', /"Content-Type: application\/json"/],
    [415, 'application/graphql', '{ __typename }', /"Content-Type: application\/json"/],
    [400, 'application/json', '[{"query":"{ __typename }"}]', /HttpLink instead of BatchHttpLink/],
    [400, 'application/json', '{"query":"{ __typename }"', /must be JSON, not compressed/],
    [400, 'application/json', '', /must be JSON, not compressed/],
    [400, 'application/json', 'null', /a JSON object with the field "query"/],
    [400, 'application/json', '7', /a JSON object with the field "query"/],
    [400, 'application/json', '{}', /a JSON object with the field "query"/],
  ])('%s to the type %s names what to send instead', async (status, type, body, message) => {
    const reply = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await reply.json()).toEqual({
      errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('malformed after its secret is not logged: at the level trace the log showed its bytes', async () => {
    await sendRaw(withSecret.url, request(['host: a', `router-authorization: ${secret}`, 'bad header line']));
    await sendRaw(withSecret.url, request([`router-authorization: ${secret}`, `x: ${'x'.repeat(20_000)}`]));
    expect(withSecret.logLines.filter((line) => /rawPacket|Buffer|secret/.test(line))).toEqual([]);
    expect(withSecret.events).toContainEqual({
      kind: 'request-refused',
      transport: 'http',
      rule: 'malformed',
    });
  });

  it('without the secret is refused before its body is sent, and the connection closed', async () => {
    const { head, body } = await sendRaw(
      withSecret.url,
      request(['host: a', json, 'content-length: 900000'], '{'),
    );
    expect(head).toMatch(/^HTTP\/1.1 401 [\s\S]*connection: close/i);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(withSecret.events).toContainEqual({
      kind: 'request-refused',
      transport: 'http',
      rule: 'router-authorization',
    });
  });
});

describe('on one connection', () => {
  const wrong = request(['host: a', json, 'content-length: 2'], '{}');
  const body = '{"query":"{ __typename }"}';
  const right = request(
    ['host: a', json, `router-authorization: ${secret}`, `content-length: ${body.length}`],
    body,
  );

  it('nothing is answered after a 401, whatever was sent with it', async () => {
    const connection = await sendRaw(withSecret.url, wrong + right.repeat(3));
    expect(`${connection.head}${connection.body}`.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(connection.body).not.toContain('"data"');
  });

  it('the secret of one request does not count for the next', async () => {
    const socket = connect(Number(new URL(withSecret.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.write(right + wrong);
    await once(socket, 'close');
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401']);
  });

  it('a second request hidden in the body of another is not seen', async () => {
    const hidden = request(['host: a', json, `content-length: ${right.length}`, 'connection: close'], right);
    const { head, body: text } = await sendRaw(server.url, hidden);
    expect(head).toMatch(/^HTTP\/1\.1 400/);
    expect(text).not.toContain('"data"');
  });

  it('an offer of HTTP/2 is ignored, as a server may', async () => {
    const offer =
      'GET /health/live HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: close, upgrade\r\n\r\n';
    expect((await sendRaw(server.url, offer)).head).toMatch(/^HTTP\/1\.1 200/);
  });
});

it('the server has these limits: 4,000 connections, 1,000 of one address, 100 pipelined requests', async () => {
  const program = await openTestServer();
  const { port } = new URL(program.url);
  const toLocal = () =>
    connect(Number(port), '127.0.0.1')
      .on('error', () => {})
      .resume();
  expect(program.http.maxConnections).toBe(4_000);
  const pipelining = toLocal();
  pipelining.write('GET /graphql?query={__typename} HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(200));
  await once(pipelining, 'close');
  const sockets = Array.from({ length: 1_001 }, toLocal);
  await Promise.race(sockets.map((socket) => once(socket, 'close')));
  expect(program.events.filter(({ kind }) => kind === 'request-refused')).toEqual([
    { kind: 'request-refused', transport: 'http', rule: 'limit', limit: 'pipelinedRequests' },
    { kind: 'request-refused', transport: 'http', rule: 'connections' },
  ]);
  for (const socket of sockets) socket.destroy();
  await program.close();
});

it('every answer forbids browsers to guess its type', async () => {
  const answers = await Promise.all([
    fetch(`${server.url}/health/live`),
    fetch(`${server.url}/health/ready`),
    fetch(`${server.url}/nothing`),
    fetch(`${server.url}/graphql?query={__typename}`),
    fetch(`${server.url}/graphql`),
    fetch(`${server.url}/graphql`, { headers: { 'sec-fetch-site': 'cross-site' } }),
    fetch(`${withSecret.url}/graphql`),
    fetch(`${server.url}/graphql?query=subscription{nonsense}`, { headers: { accept: 'text/event-stream' } }),
    fetch(`${server.url}/graphql`, { headers: { accept: 'text/event-stream' } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 400, 403, 401, 200, 400]);
  for (const answer of answers) {
    expect([answer.url, answer.headers.get('x-content-type-options')]).toEqual([answer.url, 'nosniff']);
    await answer.text();
  }
});

describe('without introspection, names of the schema are not suggested', () => {
  it.each([
    '{ mediaTaskProvider { provider } }',
    '{ mediaTask(ids: "a") { id } }',
    '{ mediaTask(id: "a") { statu } }',
  ])('over HTTP for %s', async (query) => {
    const { text } = await postOperation(`${server.url}/graphql`, { query });
    expect(text).not.toContain('Did you mean');
    const { text: open } = await postOperation(
      `${withSecret.url}/graphql`,
      { query },
      { 'router-authorization': secret },
    );
    expect(open).toContain('Did you mean');
  });

  it('for the value of an enum in variables', async () => {
    const query = 'query ($v: ZegoVendor!) { zegoMediaTask(vendor: $v, taskId: "a") { id } }';
    const { text } = await postOperation(`${server.url}/graphql`, { query, variables: { v: 'TENCEN' } });
    expect(text).toContain('TENCEN');
    expect(text).not.toContain('Did you mean');
  });

  it.each(clients.transports)('over %s', async (_, subscribe) => {
    const subscription = subscribe({ query: 'subscription { mediaTaskUpdate(ids: []) { id } }' });
    const ending = await subscription.ended;
    const text = JSON.stringify([subscription.updates, ending]);
    expect(text).toContain('mediaTaskUpdate');
    expect(text).not.toContain('Did you mean');
  });
});

it('when more than 100 MB of answers wait for clients that do not read, some of these are disconnected', async () => {
  const text = 'x'.repeat(100_000);
  server.lookup.finds.set('zego:tencent:wide', taskOf('wide', 'SUCCEEDED', { vendorStatus: text }));
  const aliases = Array.from({ length: 75 }, (_, n) => `a${n}: vendorStatus`).join(' ');
  const body = JSON.stringify({ query: `{ mediaTask(id: "zego:tencent:wide") { ${aliases} } }` });
  const { hostname, port } = new URL(server.url);
  const sockets = Array.from({ length: 16 }, () => connect(Number(port), hostname).on('error', () => {}));
  for (const socket of sockets) {
    socket.pause();
    socket.write(request(['host: a', json, `content-length: ${body.length}`], body));
  }
  await waitFor(
    async () => server.events,
    (events) => events.some((event) => event.kind === 'request-refused' && event.rule === 'unread'),
  );
  for (const socket of sockets) socket.destroy();
});

describe('an answer of more than 8 MB', () => {
  const refusal = {
    message: expect.stringContaining('8000000'),
    extensions: { code: 'BAD_USER_INPUT', limit: 'answerBytes' },
  };
  const large = taskOf('large', 'SUCCEEDED', { vendorStatus: 'x'.repeat(100_000) });

  it('is refused over HTTP as an error', async () => {
    server.lookup.finds.set('zego:tencent:large', large);
    const aliases = Array.from({ length: 90 }, (_, n) => `a${n}: vendorStatus`).join(' ');
    const { httpStatus, errors, data }: Answer<unknown> = await postOperation(`${server.url}/graphql`, {
      query: `{ mediaTask(id: "zego:tencent:large") { ${aliases} } }`,
    });
    expect([httpStatus, errors, data]).toEqual([400, [refusal], undefined]);
  });

  it.each(clients.transports)('is refused over %s as an error', async (_, subscribe) => {
    server.lookup.finds.set('zego:tencent:large', large);
    const aliases = Array.from({ length: 90 }, (_alias, n) => `a${n}: vendorStatus`).join(' ');
    const { query, variables } = updatesOf('zego:tencent:large');
    const subscription = subscribe({
      query: query.replace(/\{ id.*\}\s*\}|\{[^{}]*\}\s*\}$/, `{ ${aliases} } }`),
      variables,
    });
    await subscription.ended;
    expect(subscription.updates).toEqual([{ data: null, errors: [refusal] }]);
  });
});
