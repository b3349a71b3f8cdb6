import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { addressOf, makeDirectory, type ServerProcess, startProcess } from '../support/process.ts';
import { postOperation } from '../support/stack.ts';
import { followEvents, openSocket, type SocketClient, updatesOf } from './clients.ts';
import { type OwnServer, openOwnServer } from './own-server.ts';

/** What becomes of those who follow tasks when the server is told to stop. */

const many = Array.from({ length: 200 }, (_, n) => `zego:tencent:task-${n}`);

/** What came of it, or that nothing did in five seconds. */
const soon = <Result>(promise: Promise<Result>): Promise<Result | 'still waiting'> =>
  Promise.race([
    promise,
    new Promise<'still waiting'>((resolve) => setTimeout(resolve, 5_000, 'still waiting').unref()),
  ]);

/** Keeps its connections open, as those of browsers and routers do. */
const agent = new Agent({ keepAlive: true });

/** Follows a task by server-sent events, over a connection that stays open after the last of them. */
const followAndKeep = async (url: string, agent: Agent): Promise<{ ended: Promise<void> }> => {
  const sending = request(`${url}/graphql`, {
    agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  sending.end(JSON.stringify(updatesOf('zego:tencent:processing')));
  const [reply] = (await once(sending, 'response')) as [IncomingMessage];
  await once(reply, 'data');
  reply.resume();
  return { ended: once(reply, 'end').then(() => undefined) };
};

describe('a server that is closed', () => {
  let own: OwnServer;
  const sockets: SocketClient[] = [];
  const rawSockets: WebSocket[] = [];

  beforeEach(async () => {
    own = await openOwnServer();
    for (const [n, id] of many.entries()) own.lookup.tells.set(id, taskOf(`task-${n}`));
    own.lookup.tells.set('zego:tencent:processing', taskOf('processing'));
  });

  afterEach(async () => {
    agent.destroy();
    for (const socket of sockets.splice(0)) socket.close();
    for (const socket of rawSockets.splice(0)) socket.terminate();
    await own.close();
  });

  const open = (): SocketClient => {
    const socket = openSocket(own.url);
    sockets.push(socket);
    return socket;
  };

  it('closes sockets with 1001, those that follow nothing, too', async () => {
    const socket = open();
    await socket.follow(updatesOf(many[0] ?? '')).atLeast(1);
    const idle = open();
    own.lookup.tells.set('zego:tencent:done', taskOf('done', 'SUCCEEDED'));
    await idle.follow(updatesOf('zego:tencent:done')).ended;
    const closed = own.close();
    expect(await soon(socket.closed)).toMatchObject({ code: 1001 });
    expect(await soon(closed)).toBeUndefined();
  });

  it('does not tell those who follow by a socket that their tasks have ended: they shall come again', async () => {
    const following = open().follow(updatesOf(many[0] ?? ''));
    await following.atLeast(1);
    const closed = own.close();
    expect(await following.ended).toMatchObject({ code: 1001 });
    await closed;
  });

  it('sends what is waiting for a socket before it closes that', async () => {
    // So much that the network does not take it all at once.
    const vendorStatus = 'x'.repeat(500_000);
    for (const [n, id] of many.entries())
      own.lookup.tells.set(id, taskOf(`task-${n}`, 'RUNNING', { vendorStatus }));
    const ids = many.slice(0, 60);
    const query = 'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id vendorStatus } }';
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    rawSockets.push(socket);
    const told: string[] = [];
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await new Promise<void>((paused) => {
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data)) as {
          type: string;
          payload?: { data: { mediaTaskUpdates: { id: string } } };
        };
        if (type === 'connection_ack') {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { ids } } }));
        }
        if (type === 'next' && payload && told.push(payload.data.mediaTaskUpdates.id) === 1) {
          socket.pause();
          paused();
        }
      });
      socket.once('open', () => socket.send('{"type":"connection_init"}'));
    });
    const closing = own.close();
    socket.resume();
    expect(await soon(closed)).toBe(1001);
    expect(told.length).toBe(ids.length);
    expect(await soon(closing)).toBeUndefined();
  });

  it('ends event streams after what is waiting for them', async () => {
    const following = followEvents(own.url, updatesOf(...many));
    await following.atLeast(1);
    void own.close();
    expect(await soon(following.ended)).not.toBe('still waiting');
    expect(following.tasks().map(({ id }) => id)).toEqual(many);
  });

  it('is not held up by the connection of an event stream that has ended, which clients keep for later', async () => {
    const stream = await followAndKeep(own.url, agent);
    const closed = own.close();
    expect(await soon(stream.ended)).toBeUndefined();
    expect(await soon(closed)).toBeUndefined();
  });

  it('asks nobody any more, and takes no new socket', async () => {
    const socket = open();
    await socket.follow(updatesOf(...many)).atLeast(many.length);
    await own.close();
    const lookups = () => [...own.lookup.times.values()].flat().length;
    const before = lookups();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(lookups()).toBe(before);
    const late = open().follow(updatesOf(many[0] ?? ''));
    expect(await late.ended).not.toBe('complete');
    expect(late.updates).toEqual([]);
  });

  it('does not wait for a socket whose client is stuck', async () => {
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    rawSockets.push(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.pause();
    expect(await soon(own.close())).toBeUndefined();
  });
});

describe('SIGTERM', () => {
  let directory: Awaited<ReturnType<typeof makeDirectory>>;
  let sandbox: Sandbox;
  let server: ServerProcess;

  beforeEach(async () => {
    directory = await makeDirectory();
    sandbox = await createSandbox();
    server = startProcess({ PORT: '0', GRAPHIQL: 'false', ...sandbox.environment() }, directory.path);
  });

  afterEach(async () => {
    agent.destroy();
    server.child.kill('SIGKILL');
    await server.ended;
    await sandbox.close();
    await directory.remove();
  });

  it('closes sockets with 1001, ends event streams, and ends the process with exit code 0', async () => {
    const url = await addressOf(server);
    const socket = openSocket(url, { path: '/ws' });
    const following = socket.follow(updatesOf('zego:tencent:processing'));
    const [stream] = await Promise.all([followAndKeep(url, agent), following.atLeast(1)]);
    await postOperation(`${url}/graphql`, { query: '{ __typename }' });

    server.child.kill('SIGTERM');
    expect(await soon(socket.closed)).toMatchObject({ code: 1001 });
    expect(await soon(stream.ended)).toBeUndefined();
    expect(await soon(server.ended)).toBe(0);
    socket.close();
  });

  it('ends the process with exit code 0 when it has nothing but event streams open, too', async () => {
    const stream = await followAndKeep(await addressOf(server), agent);
    server.child.kill('SIGTERM');
    expect(await soon(stream.ended)).toBeUndefined();
    expect(await soon(server.ended)).toBe(0);
  });
});
