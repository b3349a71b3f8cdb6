import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from '@jest/globals';
import { createFakeVendor } from '../exchange/fake-owner.ts';
import { openProcess, type Process, whenHeard, whenOwned } from '../exchange/processes.ts';
import { openRedisCluster, type RedisCluster } from '../exchange/redis-cluster.ts';
import { mostInAnySpan, toWant } from '../exchange/replicas.ts';
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

interface Node {
  readonly id: string;
  readonly port: number;
}

/** Moves a slot as `redis-cli --cluster reshard` does, and does something while its keys are at two nodes. */
const moveSlot = async (
  { ports }: RedisCluster,
  slot: number,
  firstKey: string,
  between: () => Promise<void>,
): Promise<{ from: Node; to: Node }> => {
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
    ask(from.port, 'cluster', 'getkeysinslot', slot, 100).split('\n').filter(Boolean);
  const move = (key: string): string => ask(from.port, 'migrate', '127.0.0.1', to.port, key, 0, 5_000);
  move(firstKey);
  await between();
  for (const key of keys()) move(key);
  for (const { port } of [to, from]) ask(port, 'cluster', 'setslot', slot, 'node', to.id);
  return { from, to };
};

describeWithRedis('replicas on a cluster', () => {
  test("go on within the limit while the account's slot moves to another node, and are served by it", async () => {
    const cluster = await openRedisCluster();
    closers.push(cluster.close);
    const vendor = createFakeVendor();
    const limit = 20;
    const open = (): Process => {
      const process = openProcess({ url: cluster.url, vendor, limit, isGreedy: true });
      closers.push(process.close);
      return process;
    };
    const processes = [open(), open()];
    const [first, second] = processes as [Process, Process];
    await whenOwned(...processes);
    first.exchange.want(toWant('a'));
    await Promise.all(processes.map((process) => whenHeard(process, 'a')));

    const slot = Number(ask(cluster.ports[0] ?? 0, 'cluster', 'keyslot', '{vendor-a1}'));
    const { to } = await moveSlot(cluster, slot, 'media-tasks:lease:{vendor-a1}', async () => {
      second.exchange.want(toWant('b'));
      await Promise.all(processes.map((process) => whenHeard(process, 'b')));
    });
    expect(Number(ask(to.port, 'cluster', 'countkeysinslot', slot))).toBeGreaterThan(0);
    second.exchange.want(toWant('c'));
    await Promise.all(processes.map((process) => whenHeard(process, 'c')));
    await waitFor(
      async () => (await second.exchange.read(toWant('c')))?.content,
      (content) => content?.status === 'RUNNING',
    );
    expect((await first.exchange.read(toWant('a')))?.content).toEqual({ status: 'RUNNING' });
    expect(mostInAnySpan(vendor.calls, 1_000)).toBeLessThanOrEqual(limit);
    expect(new Set(vendor.calls.map(({ by }) => by)).size).toBe(1);
    expect(processes.flatMap(({ events }) => events.map(({ kind }) => kind))).toEqual(['owner-taken']);
  });
});
