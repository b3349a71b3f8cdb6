import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProviderName } from '../../sandbox/index.ts';
import { describeWithRedis } from '../support/redis.ts';
import { judge } from './support/answers.ts';
import { canaryRouterSecret } from './support/canaries.ts';
import { expectHard, expectInTime, report } from './support/checks.ts';
import { demandOf, pollsOfKnown, watchCalls } from './support/demand.ts';
import { askOne, type HttpReply, type Operation, post } from './support/graph.ts';
import { ask, newId, runStreams, type Sample } from './support/load.ts';
import type { Replica } from './support/replica.ts';
import { sleep, until } from './support/time.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

const provider: ProviderName = 'zego';

describeWithRedis('three replicas', () => {
  let world: World;
  const ended: Replica[] = [];
  beforeAll(async () => {
    world = await openWorld({ replicas: 3, deadlineMs: 2_000 });
    await warmUp(world);
  });
  afterEach(() => world.vendors.endFaults());
  afterAll(() => world?.close());

  test('make one call for a task that all are asked for, one after the other, while the vendor hangs, and all answer in time', async () => {
    const { vendors, urls } = world;
    await vendors.switchFault('visionular', 'hang');
    await vendors.resetStats();
    const id = newId('visionular');
    const asked: Promise<Sample>[] = [];
    for (let n = 0; n < 18; n += 1) {
      asked.push(ask(urls[n % 3] ?? '', askOne(id)));
      await sleep(110);
    }
    const samples = await Promise.all(asked);
    const { calls } = (await vendors.stats()).visionular;
    report(`${calls} calls; slowest ${Math.max(...samples.map(({ ms }) => ms)).toFixed(0)} ms`);
    await expectHard(world, samples);
    expectInTime(world, samples);
    expect(calls).toBeLessThanOrEqual(2);
  });

  test('when the one that asks is killed, nobody waits longer than its lease', async () => {
    const { vendors, urls, replicas } = world;
    await vendors.switchFault(provider, { fault: 'slow', ms: 1_200 });
    await vendors.resetStats();
    const id = newId(provider);
    const leader = replicas[0];
    const lost = ask(urls[0] ?? '', askOne(id));
    await sleep(200);
    const leasedAt = performance.now() - 200;
    const waiting = [1, 2, 1, 2].map((n) => ask(urls[n] ?? '', askOne(id)));
    await sleep(150);
    if (leader) ended.push(leader);
    await leader?.kill();
    const samples = await Promise.all(waiting);
    await vendors.endFaults();
    // The lease, the last attempt of those who waited, and the backoff after it.
    await sleep(Math.max(0, leasedAt + world.deadlineMs + 2_000 - performance.now()));
    const after = await ask(urls[1] ?? '', askOne(id));
    await lost;
    const { calls } = (await vendors.stats())[provider];
    report(
      `${calls} calls; waited ${samples.map(({ ms, tasks }) => `${ms.toFixed(0)} ms (${tasks[0]?.problem?.code ?? 'data'})`).join(', ')}`,
    );
    await expectHard(world, [...samples, after], { mayHaveEnded: ended });
    expectInTime(world, samples);
    expect(after.tasks[0]?.problem).toBeNull();
    expect(calls).toBeLessThanOrEqual(3);
  });

  test('a replica that joins under load makes nobody wait', async () => {
    const { vendors, urls } = world;
    await vendors.resetStats();
    const joinAtMs = 2_500;
    const survivors = urls.slice(1);
    const watch = watchCalls(vendors, 50);
    const running = runStreams(survivors, [demandOf(provider, 1.5)], 8_000);
    await sleep(joinAtMs);
    const joined = await world.addReplica();
    const joinedAt = performance.now();
    const samples = runStreams([joined.url], [demandOf(provider, 0.3), ...pollsOfKnown(2)], 3_000);
    const all = [...(await running), ...(await samples)];
    const readings = await watch.stop();
    let idleMs = 0;
    let lastCallAt = readings[0]?.at ?? 0;
    for (const [index, { at, calls }] of readings.entries()) {
      const isIdle = calls[provider] === readings[index - 1]?.calls[provider];
      if (!isIdle) lastCallAt = at;
      if (at > joinedAt - 1_000 && at < joinedAt + 4_000) idleMs = Math.max(idleMs, at - lastCallAt);
    }
    report(`the longest time without a call to the vendor was ${idleMs.toFixed(0)} ms`);
    await expectHard(world, all, { mayHaveEnded: ended });
    expect(idleMs).toBeLessThanOrEqual(500);
  });

  test('one that is told to stop under load fails no request, and ends within 15 s', async () => {
    const { vendors, replicas } = world;
    const [stopped, ...siblings] = replicas.filter(({ isAlive }) => isAlive);
    if (!stopped) throw new Error('None is left.');
    await vendors.switchFault(provider, { fault: 'slow', ms: 600 });
    const client = createMovingClient([stopped, ...siblings]);
    const running = client.run(6_000);
    await sleep(2_000);
    ended.push(stopped);
    const stoppedAt = performance.now();
    stopped.signal('SIGTERM');
    await until(() => !stopped.isAlive, { withinMs: 20_000, everyMs: 5, what: 'the replica has ended' });
    const code = await stopped.ended;
    const tookMs = performance.now() - stoppedAt;
    const offences = await running;
    await vendors.endFaults();
    report(
      `${client.answered()} answered, ${client.moved()} moved to a sibling; ended with ${code} after ${tookMs.toFixed(0)} ms`,
    );
    expect([...new Set(offences)].slice(0, 10)).toEqual([]);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThanOrEqual(15_000);
    await expectHard(world, [], { mayHaveEnded: ended });
  });
});

/** A request that was sent so long ago has been taken: its connection was not closed before it came. */
const underWayMs = 100;

/**
 * Clients that keep their connections, as a router does. One whose connection was closed between two requests, or
 * that finds nobody listening, moves on to a sibling; a request that was taken must be answered.
 */
const createMovingClient = (replicas: readonly Replica[]) => {
  const agents = replicas.map(() => new Agent({ keepAlive: true }));
  const offences: string[] = [];
  let answered = 0;
  let moved = 0;
  const send = async (operation: Operation, at: number): Promise<void> => {
    const sentAt = performance.now();
    const [replica, agent] = [replicas[at % replicas.length], agents[at % replicas.length]];
    if (!replica || !agent) return;
    try {
      const reply: HttpReply = await post(agent, replica.url, operation);
      answered += 1;
      offences.push(...judge(reply).offences);
    } catch (error) {
      const { code, syscall, reusedSocket } = error as {
        code?: string;
        syscall?: string;
        reusedSocket?: boolean;
      };
      const isUnderWay = performance.now() - sentAt > underWayMs;
      // A connection that was refused, or reset before it was one, has carried no request.
      const wasClosedBefore =
        syscall === 'connect' || (code === 'ECONNRESET' && reusedSocket === true && !isUnderWay);
      if (!wasClosedBefore) {
        offences.push(`A request failed: ${error}`);
        return;
      }
      moved += 1;
      await send(operation, at + 1);
    }
  };
  return {
    answered: () => answered,
    moved: () => moved,
    run: async (forMs: number): Promise<string[]> => {
      const endsAt = performance.now() + forMs;
      const known = newId(provider);
      const poll = async (n: number): Promise<void> => {
        while (performance.now() < endsAt) {
          await send(askOne(n % 4 === 0 ? newId(provider) : known), n);
          await sleep(5);
        }
      };
      await Promise.all(Array.from({ length: 24 }, (_, n) => poll(n)));
      for (const agent of agents) agent.destroy();
      return offences;
    },
  };
};

describeWithRedis('10,000 callers at once', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 3, deadlineMs: 15_000 });
    await warmUp(world);
  });
  afterAll(() => world?.close());

  test('for one cold task at three replicas make one call', async () => {
    const { vendors, urls } = world;
    await vendors.switchFault(provider, { fault: 'slow', ms: 5_000 });
    await vendors.resetStats();
    const id = newId(provider);
    const startedAt = performance.now();
    const connections = Array.from({ length: 99 }, (_, n) => sendMany(urls[n % 3] ?? '', askOne(id), 101));
    const replies = (await Promise.all(connections)).flat();
    expect((await vendors.stats())[provider].inFlight).toBe(0);
    const tookMs = performance.now() - startedAt;
    const { calls } = (await vendors.stats())[provider];
    await vendors.endFaults();
    const judged = replies.map(judge);
    report(`${replies.length} answers in ${tookMs.toFixed(0)} ms, ${calls} calls`);
    expect([...new Set(judged.flatMap(({ offences }) => offences))].slice(0, 5)).toEqual([]);
    expect(replies.length).toBe(9_999);
    expect(calls).toBe(1);
    const problems = judged.map(({ tasks }) => tasks[0]?.problem?.code ?? 'none');
    expect(problems.filter((code) => code !== 'none').length).toBe(0);
    await expectHard(world, []);
  });
});

/** Sends so many requests over one connection without waiting for the replies (HTTP pipelining). */
const sendMany = (url: string, operation: Operation, count: number): Promise<HttpReply[]> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(url);
    const body = JSON.stringify(operation);
    const head = [
      'POST /graphql HTTP/1.1',
      `host: ${host}`,
      'content-type: application/json',
      `router-authorization: ${canaryRouterSecret}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ].join('\r\n');
    const socket = connect(Number(port), hostname);
    const replies: HttpReply[] = [];
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, Math.max(0, end)))?.[1]);
        if (end < 0 || Number.isNaN(length) || text.length < end + 4 + length) break;
        const status = Number(text.slice(9, 12));
        replies.push({ status, headers: {}, text: text.slice(end + 4, end + 4 + length) });
        text = text.slice(end + 4 + length);
      }
      if (replies.length === count) {
        socket.destroy();
        resolve(replies);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(replies));
    socket.write(`${head}\r\n\r\n${body}`.repeat(count));
  });

describe('a replica without Redis', () => {
  test('that is told to stop ends at once when nobody asks anything', async () => {
    const world = await openWorld();
    try {
      const [replica] = world.replicas;
      await sleep(200);
      const startedAt = performance.now();
      replica?.signal('SIGTERM');
      expect(await replica?.ended).toBe(0);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    } finally {
      await world.close();
    }
  });
});
