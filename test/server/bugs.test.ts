import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SubscribePayload } from 'graphql-ws';
import { taskOf } from '../subscriptions/scripted-lookup.ts';
import { postOperation } from '../support/stack.ts';
import { type Following, followEvents, openSocket, type SocketClient, updatesOf } from './clients.ts';
import { type OwnServer, openOwnServer } from './own-server.ts';

/** Of our own bugs a caller learns that there was one, and the log learns which. */

const canary = 'canary: https://vendor.example/?Signature=abc';

let own: OwnServer;
const sockets: SocketClient[] = [];
const followings: Following[] = [];

beforeAll(async () => {
  own = await openOwnServer();
});

afterAll(() => own.close());

afterEach(() => {
  for (const following of followings.splice(0)) following.leave();
  for (const socket of sockets.splice(0)) socket.close();
});

const open = (): SocketClient => {
  const socket = openSocket(own.url);
  sockets.push(socket);
  return socket;
};

const masked = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/** Everything that the client was told until its subscription ended, or that it did not. */
const heardBy = async ({ updates, ended }: Following): Promise<string> => {
  const patience = new Promise((resolve) => setTimeout(resolve, 3_000, 'left waiting').unref());
  const ending = await Promise.race([ended, patience]);
  return JSON.stringify([updates, ending instanceof Error ? ending.message : ending]);
};

const logged = (since: number): string => own.logLines.slice(since).join('');

describe('over HTTP, to compare with', () => {
  it('a bug in a lookup is masked and logged', async () => {
    own.lookup.tells.set('zego:tencent:broken', new TypeError(canary));
    const since = own.logLines.length;
    const { errors, text } = await postOperation(`${own.url}/graphql`, {
      query: '{ mediaTask(id: "zego:tencent:broken") { status } }',
    });
    expect(errors).toEqual([expect.objectContaining(masked)]);
    expect(text).not.toContain('canary');
    expect(logged(since)).toContain('canary');
  });
});

const remember = (following: Following): Following => {
  followings.push(following);
  return following;
};

const carriers: [string, (payload: SubscribePayload) => Following][] = [
  ['a socket', (payload) => remember(open().follow(payload))],
  ['server-sent events', (payload) => remember(followEvents(own.url, payload))],
];

describe.each(carriers)('over %s', (_, follow) => {
  it('a bug in the first lookup is masked and logged, and ends the subscription', async () => {
    own.lookup.tells.set('zego:tencent:broken', new TypeError(canary));
    const since = own.logLines.length;
    const heard = await heardBy(follow(updatesOf('zego:tencent:broken')));
    expect(heard).not.toMatch(/canary|left waiting/);
    expect(heard).toContain('Internal server error');
    expect(logged(since)).toContain('canary');
  });

  it('a bug in a later lookup is masked and logged after what was told before it', async () => {
    own.lookup.tells.set('zego:tencent:later', taskOf('later'));
    const since = own.logLines.length;
    const following = follow(updatesOf('zego:tencent:later'));
    await following.atLeast(1);
    own.lookup.tells.set('zego:tencent:later', new TypeError(canary));
    const heard = await heardBy(following);
    expect(following.tasks().map(({ status }) => status)).toEqual(['RUNNING']);
    expect(heard).not.toMatch(/canary|left waiting/);
    expect(heard).toContain('Internal server error');
    expect(logged(since)).toContain('canary');
  });

  it('a value that the schema does not allow is masked and logged, and the subscription goes on', async () => {
    own.lookup.tells.set(
      'zego:tencent:odd',
      taskOf('odd', 'RUNNING', { progress: `${canary}` as unknown as number }),
    );
    const since = own.logLines.length;
    const following = follow(updatesOf('zego:tencent:odd'));
    await following.atLeast(1);
    expect(following.updates[0]?.errors).toEqual([expect.objectContaining(masked)]);
    expect(JSON.stringify(following.updates)).not.toContain('canary');
    expect(logged(since)).toContain('canary');
    own.lookup.tells.set('zego:tencent:odd', taskOf('odd', 'SUCCEEDED'));
    expect(await following.ended).toBe('complete');
    expect(following.tasks().at(-1)?.status).toBe('SUCCEEDED');
  });
});

describe('a bug that one subscription meets', () => {
  it('leaves the others of its connection alone', async () => {
    own.lookup.tells.set('zego:tencent:broken', new TypeError(canary));
    own.lookup.tells.set('zego:tencent:fine', taskOf('fine'));
    const socket = open();
    const fine = socket.follow(updatesOf('zego:tencent:fine'));
    await fine.atLeast(1);
    await socket.follow(updatesOf('zego:tencent:broken')).ended;
    own.lookup.tells.set('zego:tencent:fine', taskOf('fine', 'SUCCEEDED'));
    expect(await fine.ended).toBe('complete');
    expect(fine.tasks().at(-1)?.status).toBe('SUCCEEDED');
  });
});
