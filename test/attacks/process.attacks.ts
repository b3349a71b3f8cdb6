import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../faults/support/time.ts';
import { attacks } from './support/all.ts';
import type { Attack } from './support/attack.ts';
import { type Attackers, openAttackers } from './support/attackers.ts';
import { type HonestClient, startHonestClient } from './support/honest-client.ts';
import { startTarget, type Target } from './support/target.ts';

/**
 * One real process with 512 MB of heap survives all attacks, one after the other, while an honest client polls. Each
 * attack states what it may cost at most: CPU time, memory and calls, none of which a busy machine changes much.
 * How long the client waits is measured by `npm run bench:attacks`. FAST_LANE=false attacks the server without its fast lane.
 */

let target: Target;
let honest: HonestClient;
let attackers: Attackers;
let startedAt: number;

beforeAll(async () => {
  startedAt = performance.now();
  target = await startTarget();
  honest = await startHonestClient(target);
  attackers = openAttackers(target.port);
  await attackers.startSlow();
});

afterAll(async () => {
  await honest?.stop();
  await attackers?.close();
  await target?.close();
});

const attack = async ({
  name,
  cpuMs,
  holdUpMs,
  peakMb,
  calls,
  callsPerSecond = 0,
}: Attack): Promise<void> => {
  const before = { at: performance.now(), cpuMs: target.cpuMs(), calls: await target.calls() };
  target.forgetPeak();
  await target.takeHoldUps();
  await attackers.run(name);
  const cost = {
    cpuMs: target.cpuMs() - before.cpuMs,
    holdUpMs: Math.round(Math.max(0, ...(await target.takeHoldUps()))),
    peakMb: Math.round(target.peakMb()),
    calls: (await target.calls()) - before.calls,
  };
  if (process.env.SHOW_COSTS) process.stderr.write(`${JSON.stringify({ name, ...cost })}\n`);
  expect(target.isAlive()).toBe(true);
  expect(honest.takeFailures()).toEqual([]);
  expect(cost.cpuMs).toBeLessThan(cpuMs);
  expect(cost.holdUpMs).toBeLessThan(holdUpMs);
  expect(cost.peakMb).toBeLessThan(peakMb);
  const seconds = (performance.now() - before.at) / 1_000;
  expect(cost.calls).toBeLessThanOrEqual(calls + callsPerSecond * seconds);
};

describe.each(Object.entries(attacks))('%s:', (_, ofKind) => {
  it.each(ofKind.map((each) => [each.name, each] as const))('%s', (_name, each) => attack(each));
});

it('requests that never end, and sockets without a handshake, are cut', async () => {
  const isOver = async () => (await attackers.slowLifetimes()).every((ms) => ms !== null);
  await until(isOver, { withinMs: 20_000, what: 'the end of the slow requests' });
  const lifetimes = (await attackers.slowLifetimes()).map(Number);
  expect(lifetimes).toHaveLength(700);
  expect(Math.max(...lifetimes)).toBeLessThan(20_000);
});

/** Over the whole time: on a busy machine, when a single call arrives says little. */
it('no vendor was called more often than its quota allows', async () => {
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const { calls, quota } of Object.values(await target.stats())) {
    expect(calls).toBeLessThanOrEqual(quota * (seconds + 1));
  }
});

it('afterwards the server answers as before, has logged no error of its own, and only lines of JSON', async () => {
  await honest.ask();
  expect(honest.takeFailures()).toEqual([]);
  const { stdout, stderr } = target.output;
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  const severe = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  expect(severe).toEqual([]);
  expect(stdout).not.toMatch(/the-router-secret-of-attacks|rawPacket/);
});
