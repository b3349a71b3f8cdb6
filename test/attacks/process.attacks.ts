import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attack } from './support/attack.ts';
import { connectionAttacks, type SlowAttacks, startSlowAttacks } from './support/connections.ts';
import { type HonestClient, startHonestClient } from './support/honest-client.ts';
import { queryAttacks } from './support/queries.ts';
import { quotaAttacks } from './support/quota.ts';
import { sleep } from './support/sockets.ts';
import { startTarget, type Target } from './support/target.ts';
import { vendorAttacks } from './support/vendors.ts';

/**
 * One real process with 512 MB of heap survives all attacks, one after the other, while an honest client polls. Each
 * attack states what it may cost at most. FAST_LANE=false attacks the server without its fast lane.
 */

let target: Target;
let honest: HonestClient;
let slow: SlowAttacks;
let agent: Agent;
/** Within which nine of ten of the honest client's requests are answered when nobody attacks, in ms. */
let quietMs: number;
let startedAt: number;

/** Of the honest client while it is attacked, in ms. */
const allLatencies: number[] = [];

/** What nobody notices, in ms. */
const unnoticedMs = 200;

/** Requests of the largest size that arrive at once hold others up, but not for longer, in ms. */
const longestHoldUpMs = 2_000;

const toP90 = (latencies: readonly number[]): number =>
  latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.9)] ?? 0;

beforeAll(async () => {
  startedAt = performance.now();
  target = await startTarget();
  agent = new Agent({ keepAlive: true, maxSockets: 50 });
  honest = await startHonestClient(target);
  await sleep(1_500);
  quietMs = toP90(honest.takeLatencies());
  honest.takeFailures();
  slow = startSlowAttacks(target);
});

afterAll(async () => {
  slow.stop();
  agent.destroy();
  await honest.stop();
  await target.close();
});

const attack = async ({ run, cpuMs, peakMb, calls }: Attack): Promise<void> => {
  const before = { cpuMs: target.cpuMs(), calls: await target.calls() };
  target.forgetPeak();
  await run(target, agent);
  const latencies = honest.takeLatencies();
  allLatencies.push(...latencies);
  const cost = {
    cpuMs: target.cpuMs() - before.cpuMs,
    peakMb: Math.round(target.peakMb()),
    calls: (await target.calls()) - before.calls,
    longestMs: Math.round(latencies.at(-1) ?? 0),
  };
  if (process.env.SHOW_COSTS) process.stderr.write(`${JSON.stringify(cost)}\n`);
  expect(target.isAlive()).toBe(true);
  expect(honest.takeFailures()).toEqual([]);
  expect(cost.cpuMs).toBeLessThan(cpuMs);
  expect(cost.peakMb).toBeLessThan(peakMb);
  expect(cost.calls).toBeLessThanOrEqual(calls);
  expect(cost.longestMs).toBeLessThan(longestHoldUpMs);
};

describe.each([
  ['queries', queryAttacks],
  ['connections', connectionAttacks],
  ['vendors', vendorAttacks],
  ['quotas', quotaAttacks],
])('%s:', (_, attacks) => {
  it.each(attacks.map((each) => [each.name, each] as const))('%s', (_name, each) => attack(each));
});

it('requests that never end are cut within ten seconds', async () => {
  const isOver = () => slow.lifetimes().every((ms) => Number.isFinite(ms));
  for (const end = performance.now() + 12_000; performance.now() < end && !isOver(); ) await sleep(100);
  expect(Math.max(...slow.lifetimes())).toBeLessThan(10_500);
});

/** Over the whole time: the vendors share a process with the attackers, so when a single call arrives says little. */
it('no vendor was called more often than its quota allows', async () => {
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const { calls, quota } of Object.values(await target.stats())) {
    expect(calls).toBeLessThanOrEqual(quota * (seconds + 1));
  }
});

it('nine of ten requests of the honest client take no more than three times what they take when nobody attacks', () => {
  const attackedMs = toP90(allLatencies);
  if (process.env.SHOW_COSTS)
    process.stderr.write(`${attackedMs} ms, of ${allLatencies.length}; quiet ${quietMs} ms\n`);
  expect(attackedMs).toBeLessThan(Math.max(unnoticedMs, 3 * quietMs));
});

it('afterwards the server answers as before, has logged no error of its own, and only lines of JSON', async () => {
  await sleep(200);
  expect(honest.takeFailures()).toEqual([]);
  const { stdout, stderr } = target.output;
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  const severe = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  expect(severe).toEqual([]);
  expect(stdout).not.toMatch(/the-router-secret-of-attacks|rawPacket/);
});
