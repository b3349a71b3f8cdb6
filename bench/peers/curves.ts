import { median } from '../median.ts';
import type { Kind } from './contestant.ts';
import type { Measurement, Server } from './servers.ts';
import type { Vendor } from './tasks.ts';
import { toGet, toW1 } from './workloads.ts';

/** What is measured besides the workloads. */
export interface Curves {
  /** W1 with so many tasks. */
  readonly tasks: readonly Point[];
  /** W1 with so many connections, each of which has one request in flight. */
  readonly inFlight: readonly Point[];
  /** A GET of so many tasks that is answered with 304, and Fastify's empty answer to the same GET. */
  readonly unchanged: readonly (Point & { readonly limit: Measurement })[];
  /** 250 requests a second for 200 tasks each. */
  readonly viewers: Measurement;
}

export interface Point {
  readonly at: number;
  readonly measured: Measurement;
}

/** An odd number. */
const unchangedRounds = 5;

/** The one whose CPU per request is the median. */
const toMiddle = (measured: readonly Measurement[]): Measurement =>
  measured.toSorted((a, b) => a.cpuUs - b.cpuUs)[Math.floor(measured.length / 2)] as Measurement;

const findServer = (servers: readonly Server[], kind: Kind): Server => {
  const server = servers.find((each) => each.kind === kind);
  if (!server) throw new Error(`There is no server ${kind}.`);
  return server;
};

export const measureCurves = async (servers: readonly Server[], seconds: number): Promise<Curves> => {
  const ours = findServer(servers, 'ours');
  const limit = findServer(servers, 'fastify');
  const warmUp = async (body: string) => {
    for (let n = 0; n < 3; n += 1) await ours.ask(body);
  };
  const tasks: Point[] = [];
  for (const at of [1, 10, 25, 50, 100, 150, 200]) {
    await warmUp(toW1(at));
    tasks.push({ at, measured: await ours.measure({ bodies: [toW1(at)], connections: 16, seconds }) });
  }
  const inFlight: Point[] = [];
  // One address may open 1,000 connections, and some are still open.
  for (const at of [1, 4, 16, 64, 250, 980]) {
    inFlight.push({ at, measured: await ours.measure({ bodies: [toW1(50)], connections: at, seconds }) });
  }
  const unchanged: (Point & { limit: Measurement })[] = [];
  await limit.setBytes('');
  for (const at of [1, 50, 200]) {
    const { path, register } = toGet(at);
    await warmUp(register);
    const etag = await readEtag(`${ours.url}${path}`);
    const load = { bodies: [path], connections: 16, seconds, headers: { 'if-none-match': etag } };
    for (const server of [ours, limit]) await server.measure(load);
    const ofOurs: Measurement[] = [];
    const ofLimit: Measurement[] = [];
    for (let round = 0; round < unchangedRounds; round += 1) {
      ofOurs.push(await ours.measure(load));
      ofLimit.push(await limit.measure(load));
    }
    unchanged.push({ at, measured: toMiddle(ofOurs), limit: toMiddle(ofLimit) });
  }
  const viewers = await ours.measure({ bodies: [toW1(200)], connections: 100, seconds: 10, rate: 250 });
  return { tasks, inFlight, unchanged, viewers };
};

const readEtag = async (url: string): Promise<string> => {
  await fetch(url);
  const headers = { 'content-type': 'application/json' };
  const { headers: answered, status } = await fetch(url, { headers });
  const etag = answered.get('etag');
  if (etag === null) throw new Error(`A GET is answered with ${status} and no ETag.`);
  const unchanged = await fetch(url, { headers: { 'if-none-match': etag } });
  if (unchanged.status !== 304) throw new Error(`A GET with its ETag is answered with ${unchanged.status}.`);
  return etag;
};

/** How long the vendor takes, in ms. */
export const vendorMs = 50;

/** Rounds in which what is needed is compiled, and those that are measured. */
const coldWarmUps = 10;
const coldRounds = 30;

/** The median of how long W1 takes with tasks that nobody has asked for, in ms: each server in turn, then again. */
export const measureCold = async (
  servers: readonly Server[],
  vendor: Vendor,
): Promise<ReadonlyMap<Kind, number>> => {
  vendor.delayMs = vendorMs;
  const asked = servers.filter(({ kind }) => kind !== 'fastify' && kind !== 'node');
  const times = new Map<Kind, number[]>(asked.map(({ kind }) => [kind, []]));
  for (let round = 0; round < coldWarmUps + coldRounds; round += 1) {
    const body = toW1(50, 1_000 + round * 50);
    for (const { kind, ask } of round % 2 === 0 ? asked : asked.toReversed()) {
      const startedAt = performance.now();
      await ask(body);
      if (round >= coldWarmUps) times.get(kind)?.push(performance.now() - startedAt);
    }
  }
  vendor.delayMs = 0;
  return new Map([...times].map(([kind, ofKind]) => [kind, median(ofKind)]));
};
