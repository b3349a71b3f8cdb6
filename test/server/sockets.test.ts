import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createFastClock } from '../support/fast-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';
import { openSocket, type SocketClient, updatesOf } from './clients.ts';

/** Following tasks over graphql-transport-ws, through the whole program, in a world where time runs twelve times as fast. */

let stack: Stack;
const sockets: SocketClient[] = [];

beforeAll(async () => {
  const clock = createFastClock(12);
  stack = await openStack({ application: { clock }, sandbox: { now: clock.now } });
});

afterAll(() => stack.close());

beforeEach(() => stack.resetStats());

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const open = (path = '/graphql'): SocketClient => {
  const socket = openSocket(stack.url, { path });
  sockets.push(socket);
  return socket;
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('over a socket', () => {
  const paths = ['/graphql', '/ws', '/graphql?from=gateway'];

  it('at each address, each task is told as it is, then each change of it, and then the end', async () => {
    await Promise.all(
      paths.map(async (path, place) => {
        const ids = [
          `zego:tencent:evolving-at-${place}`,
          `volcengine-whiteboard:app:evolving-at-${place}`,
          'aliyun-vod:all-failed',
        ];
        const { updates, tasks, ended } = open(path).follow(updatesOf(...ids));
        expect(await ended).toBe('complete');
        const statusesOf = (id: string) => {
          const all = tasks()
            .filter((task) => task.id === id)
            .map(({ status }) => status);
          return all.filter((status, index) => status !== all[index - 1]);
        };
        expect(ids.map(statusesOf)).toEqual([
          ['QUEUED', 'RUNNING', 'SUCCEEDED'],
          ['QUEUED', 'RUNNING', 'SUCCEEDED'],
          ['FAILED'],
        ]);
        const last = ids.map((id) => tasks().findLast((task) => task.id === id)?.isFinal);
        expect(last).toEqual([true, true, true]);
        for (const { errors } of updates) expect(errors).toBeUndefined();
      }),
    );
  });
});

describe('what is told', () => {
  it('never twice the same, in whatever way the ids are spelled', async () => {
    const following = open().follow(
      updatesOf('zego:TENCENT:evolving-twice', 'zego:tencent:%65volving-twice'),
    );
    expect(await following.ended).toBe('complete');
    const contents = following.tasks().map((task) => JSON.stringify(task));
    expect(new Set(contents).size).toBe(contents.length);
    expect(new Set(following.tasks().map(({ id }) => id))).toEqual(new Set(['zego:tencent:evolving-twice']));
  });

  it('is a problem where the vendor fails, and the state once it is back', async () => {
    await stack.switchFault('visionular', 'down');
    const following = open().follow(updatesOf('visionular:success'));
    await following.atLeast(1);
    await stack.endFaults();
    expect(await following.ended).toBe('complete');
    expect(following.tasks().map(({ status, problem }) => status ?? problem?.code)).toEqual([
      'UNAVAILABLE',
      'SUCCEEDED',
    ]);
  });

  it('is all that was selected, through fragments and under aliases', async () => {
    const query = `subscription {
      update: mediaTaskUpdates(ids: ["zego:huawei:succeeded"]) { ...task ... on ZegoMediaTask { cloud: vendor detail { __typename } } }
    }
    fragment task on MediaTask { __typename outputs { kind } }`;
    const following = open().follow({ query });
    expect(await following.ended).toBe('complete');
    expect(following.updates).toEqual([
      {
        data: {
          update: {
            __typename: 'ZegoMediaTask',
            cloud: 'HUAWEI',
            detail: { __typename: 'ZegoHuaweiTask' },
            outputs: expect.arrayContaining([{ kind: 'IMAGE' }]),
          },
        },
      },
    ]);
  });

  it('of no tasks is nothing', async () => {
    const following = open().follow(updatesOf());
    expect([await following.ended, following.updates]).toEqual(['complete', []]);
  });
});

describe('what it costs', () => {
  it('is for 20 who follow one task, over 4 connections, no more than for one who follows it', async () => {
    const alone = open().follow(updatesOf('zego:tencent:evolving-one'));
    await alone.ended;
    const callsForOne = (await stack.calls()).zego;
    await stack.resetStats();

    const clients = [open(), open(), open('/ws'), open('/ws')];
    const followings = Array.from({ length: 20 }, (_, n) =>
      (clients[n % 4] as SocketClient).follow(updatesOf('zego:tencent:evolving-twenty')),
    );
    await Promise.all(followings.map(({ ended }) => ended));
    // The moments of asking differ a little from one life to the next.
    expect((await stack.calls()).zego).toBeLessThanOrEqual(callsForOne + 2);
    for (const { tasks } of followings) expect(tasks().at(-1)?.status).toBe('SUCCEEDED');
  });

  it('is one call for a task that is final, then none', async () => {
    for (let times = 0; times < 3; times += 1) {
      await open().follow(updatesOf('zego:tencent:compose')).ended;
    }
    expect((await stack.calls()).zego).toBe(1);
  });

  it.each([
    ['ends its subscription', (_: SocketClient, leave: () => void) => leave()],
    ['closes its connection', (socket: SocketClient) => socket.close()],
  ])('is nothing more once the last who followed %s', async (_, go) => {
    const socket = open();
    const staying = open().follow(updatesOf('zego:tencent:processing'));
    const leaving = socket.follow(updatesOf('zego:tencent:processing'));
    await Promise.all([leaving.atLeast(1), staying.atLeast(1)]);
    go(socket, leaving.leave);
    const { zego } = await stack.calls();
    await waitFor(stack.calls, (calls) => calls.zego > zego);
    staying.leave();
    // A call may be under way.
    await sleep(100);
    const last = (await stack.calls()).zego;
    await sleep(1_000);
    expect((await stack.calls()).zego).toBe(last);
  });
});
