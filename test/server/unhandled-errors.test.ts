import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { postOperation } from '../support/stack.ts';
import { createClientPool, updatesOf } from './subscription-clients.ts';
import { openTestServer, type TestServer } from './test-server.ts';

/** An internal error is masked for clients and logged in full. */

const internal = 'internal detail: https://vendor.example/?Signature=abc';
const masked = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

let server: TestServer;
const clients = createClientPool(() => server.url);

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(() => server.close());

afterEach(() => {
  clients.closeAll();
});

/** The messages of the log since the line, with the errors' own. */
const loggedSince = (line: number) =>
  server.logLines
    .slice(line)
    .map((text) => JSON.parse(text) as { msg: string; err?: { message: string } })
    .map(({ msg, err }) => [msg, err?.message]);

it('a query whose lookup throws is answered with a masked error, and the error is logged', async () => {
  server.lookup.finds.set('zego:tencent:broken', new TypeError(internal));
  const since = server.logLines.length;
  const { errors, text } = await postOperation(`${server.url}/graphql`, {
    query: '{ mediaTask(id: "zego:tencent:broken") { status } }',
  });
  expect(errors).toEqual([expect.objectContaining(masked)]);
  expect(text).not.toContain('internal detail');
  expect(loggedSince(since)).toEqual([['Unhandled error', internal]]);
});

describe.each(clients.transports)('over %s', (_, subscribe) => {
  it('a lookup that throws at first masks and logs the error and ends the subscription', async () => {
    server.lookup.finds.set('zego:tencent:broken', new TypeError(internal));
    const since = server.logLines.length;
    const { ended, updates } = subscribe(updatesOf('zego:tencent:broken'));
    const ending = await ended;
    const received = JSON.stringify([updates, ending instanceof Error ? ending.message : ending]);
    expect(received).toContain('Internal server error');
    expect(received).not.toContain('internal detail');
    expect(loggedSince(since)).toEqual([['Unhandled error', internal]]);
  });

  it('a lookup that throws later does so after the updates before it', async () => {
    server.lookup.finds.set('zego:tencent:later', taskOf('later'));
    const since = server.logLines.length;
    const subscription = subscribe(updatesOf('zego:tencent:later'));
    await subscription.atLeast(1);
    server.lookup.finds.set('zego:tencent:later', new TypeError(internal));
    const ending = await subscription.ended;
    const received = JSON.stringify([
      subscription.updates,
      ending instanceof Error ? ending.message : ending,
    ]);
    expect(subscription.tasks().map(({ status }) => status)).toEqual(['RUNNING']);
    expect(received).toContain('Internal server error');
    expect(received).not.toContain('internal detail');
    expect(loggedSince(since)).toEqual([['Unhandled error', internal]]);
  });

  it('a value that the schema does not allow is masked and logged, and the subscription continues', async () => {
    const odd = taskOf('odd', 'RUNNING', { progress: internal as unknown as number });
    server.lookup.finds.set('zego:tencent:odd', odd);
    const since = server.logLines.length;
    const subscription = subscribe(updatesOf('zego:tencent:odd'));
    await subscription.atLeast(1);
    expect(subscription.updates[0]?.errors).toEqual([expect.objectContaining(masked)]);
    expect(JSON.stringify(subscription.updates)).not.toContain('internal detail');
    expect(loggedSince(since)).toEqual([['Unhandled error', expect.stringContaining('internal detail')]]);
    server.lookup.finds.set('zego:tencent:odd', taskOf('odd', 'SUCCEEDED'));
    expect(await subscription.ended).toBe('complete');
    expect(subscription.tasks().at(-1)?.status).toBe('SUCCEEDED');
  });
});

it('an error in one subscription does not end the others of its connection', async () => {
  server.lookup.finds.set('zego:tencent:broken', new TypeError(internal));
  server.lookup.finds.set('zego:tencent:fine', taskOf('fine'));
  const socket = clients.webSocket();
  const fine = socket.subscribe(updatesOf('zego:tencent:fine'));
  await fine.atLeast(1);
  await socket.subscribe(updatesOf('zego:tencent:broken')).ended;
  server.lookup.finds.set('zego:tencent:fine', taskOf('fine', 'SUCCEEDED'));
  expect(await fine.ended).toBe('complete');
  expect(fine.tasks().at(-1)?.status).toBe('SUCCEEDED');
});
