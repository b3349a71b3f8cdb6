import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from '@jest/globals';
import type { ProcessEvent } from '../../src/domain/events.ts';
import { connectRedis } from '../../src/exchange/redis/connection.ts';
import { createFakeVendor } from '../exchange/support/fake-owner.ts';
import {
  openProcess,
  type Process,
  readStored,
  whenHeard,
  whenOwned,
} from '../exchange/support/processes.ts';
import { openRedisCluster, type RedisCluster } from '../exchange/support/redis-cluster.ts';
import { mostInAnySpan, toWant } from '../exchange/support/replicas.ts';
import { describeWithRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ask = (port: number, ...args: (string | number)[]): string => {
  const { stdout } = spawnSync('redis-cli', ['-p', String(port), ...args.map(String)], { encoding: 'utf8' });
  if (/^\(?(ERR|error)/i.test(stdout)) throw new Error(`${args.join(' ')}: ${stdout}`);
  return stdout.trim();
};

/** The least that a user of a cluster needs. */
const rights = [
  '~media-tasks:*',
  '&media-tasks:*',
  ...['+eval', '+evalsha', '+get', '+pttl', '+set', '+publish', '+subscribe', '+unsubscribe', '+ping'],
  ...['+cluster|slots', '+cluster|info', '+asking'],
];

/** @returns the address for a user who has no others */
const limitRights = ({ ports, url }: RedisCluster, ...least: string[]): string => {
  for (const port of ports) ask(port, 'acl', 'setuser', 'least', 'on', '>secret', ...least);
  return url.replaceAll('redis://', 'redis://least:secret@');
};

interface Node {
  readonly id: string;
  readonly port: number;
}

/** Moves a slot as `redis-cli --cluster reshard` does, and does something while its keys are at two nodes. */
const moveSlot = async (
  { ports }: RedisCluster,
  firstKey: string,
  between: () => Promise<void>,
): Promise<void> => {
  const slot = Number(ask(ports[0] ?? 0, 'cluster', 'keyslot', firstKey));
  const nodes = ports.map((port) => ({ port, id: ask(port, 'cluster', 'myid') }));
  const owns = ({ port }: Node): boolean =>
    ask(port, 'cluster', 'nodes')
      .split('\n')
      .filter((line) => line.includes('myself'))
      .flatMap((line) => line.split(' ').slice(8))
      .some((range) => {
        const [first = 0, last = first] = range.split('-').map(Number);
        return slot >= first && slot <= last;
      });
  const from = nodes.find(owns);
  const to = nodes.find((node) => node !== from);
  if (!from || !to) throw new Error('No node has the slot.');
  ask(to.port, 'cluster', 'setslot', slot, 'importing', from.id);
  ask(from.port, 'cluster', 'setslot', slot, 'migrating', to.id);
  const keys = (): string[] =>
    ask(from.port, 'cluster', 'getkeysinslot', slot, 10_000).split('\n').filter(Boolean);
  const move = (key: string): string => ask(from.port, 'migrate', '127.0.0.1', to.port, key, 0, 5_000);
  move(firstKey);
  await between();
  for (const key of keys()) move(key);
  for (const { port } of [to, from]) ask(port, 'cluster', 'setslot', slot, 'node', to.id);
  if (Number(ask(to.port, 'cluster', 'countkeysinslot', slot)) === 0) throw new Error('Nothing was moved.');
};

describeWithRedis('replicas on a cluster', () => {
  test("with the least rights go on within the limit while the account's slot moves to another node, and are served by it", async () => {
    const cluster = await openRedisCluster();
    closers.push(cluster.close);
    const url = limitRights(cluster, ...rights);
    const vendor = createFakeVendor();
    const limit = 20;
    const open = (): Process => {
      const process = openProcess({ url, vendor, limit, isGreedy: true });
      closers.push(process.close);
      return process;
    };
    const processes = [open(), open()];
    const [first, second] = processes as [Process, Process];
    await whenOwned(...processes);
    first.exchange.want(toWant('a'));
    await Promise.all(processes.map((process) => whenHeard(process, 'a')));

    await moveSlot(cluster, 'media-tasks:lease:{vendor-a1}', async () => {
      second.exchange.want(toWant('b'));
      await Promise.all(processes.map((process) => whenHeard(process, 'b')));
    });
    second.exchange.want(toWant('c'));
    await Promise.all(processes.map((process) => whenHeard(process, 'c')));
    for (const [process, id] of [
      [second, 'c'],
      [first, 'a'],
    ] as const)
      expect(await readStored(process, id)).toMatchObject([{ content: { status: 'RUNNING' } }]);
    expect(mostInAnySpan(vendor.calls, 1_000)).toBeLessThanOrEqual(limit);
    expect(new Set(vendor.calls.map(({ by }) => by)).size).toBe(1);
    expect(processes.flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual(['lease-taken']);
  });

  test('without the right to ASKING can do nothing while a slot moves, say so, and survive it', async () => {
    const cluster = await openRedisCluster();
    closers.push(cluster.close);
    const url = limitRights(cluster, ...rights.filter((right) => right !== '+asking'));
    const events: ProcessEvent[] = [];
    const link = connectRedis({ url, emit: (event) => events.push(event) });
    closers.push(async () => link.close());
    const [first, second] = ['media-tasks:first:{vendor-a1}', 'media-tasks:second:{vendor-a1}'] as const;
    const isWritten = (key: string): Promise<boolean> =>
      link
        .setAndPublish(key, { text: 'text', keepMs: 60_000, channel: 'media-tasks:channel', head: '' })
        .then(
          () => true,
          () => false,
        );
    await waitFor(() => isWritten(first), Boolean);
    await moveSlot(cluster, first, async () => {
      expect(await isWritten(second)).toBe(false);
    });
    await waitFor(() => isWritten(second), Boolean);
    expect(events[0]).toEqual({ kind: 'redis-lost', cause: 'it forbids this user the command asking.' });
  });
});
