import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createJumpingClock, type JumpingClock } from '../support/jumping-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** A cache that obeys our hints never shows what we would not show any more. */

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly fetchedAt: string;
  readonly stale: boolean;
}

const query = 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status fetchedAt stale } }';

/** How old an answer may be in our own eyes, in ms. */
const freshFor = (status: string): number =>
  ({ RUNNING: 2_000, UNKNOWN: 2_000, QUEUED: 5_000 })[status] ?? 600_000;

let clock: JumpingClock;
let stack: Stack;

beforeAll(async () => {
  clock = createJumpingClock();
  stack = await openStack({ application: { clock }, sandbox: { now: clock.now } });
});

afterAll(() => stack.close());

/** An HTTP cache as simple as can be: the age of an answer counts from when it was asked for. */
const createCache = () => {
  const stored = new Map<string, { readonly until: number; readonly tasks: readonly Shown[] }>();
  const counts = { hits: 0, misses: 0 };
  const ask = async (ids: readonly string[]): Promise<{ tasks: readonly Shown[]; isHit: boolean }> => {
    const name = ids.join(' ');
    const known = stored.get(name);
    const now = clock.now();
    if (known && now < known.until) {
      counts.hits += 1;
      return { tasks: known.tasks, isHit: true };
    }
    counts.misses += 1;
    const { data, headers } = await stack.ask<{ mediaTasks: Shown[] }>(query, { ids });
    const maxAge = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1] ?? '0';
    stored.set(name, { until: now + Number(maxAge) * 1_000, tasks: data.mediaTasks });
    return { tasks: data.mediaTasks, isHit: false };
  };
  return { ask, counts };
};

/** Numbers below the bound that look like chance and are the same each time. */
const createDice = (seed: number) => {
  let state = seed;
  return (bound: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * bound);
  };
};

describe('a cache that obeys', () => {
  it.each([1, 2, 3])(
    'shows no task that we would ask for again, through the whole life of several (%d)',
    async (seed) => {
      const roll = createDice(seed);
      const cache = createCache();
      const tasks = [
        `zego:tencent:evolving-${seed}`,
        `volcengine-whiteboard:app:evolving-${seed}`,
        `visionular:load-${seed}3`,
        'aliyun-vod:all-succeeded',
        'visionular:success',
      ];
      const pages = [tasks, tasks.slice(0, 2), tasks.slice(2), ...tasks.map((id) => [id])];
      const tooOld: unknown[] = [];
      const statuses = new Set<string>();
      for (let step = 0; step < 250; step += 1) {
        clock.putForward(roll(step % 50 === 0 ? 20_000 : 700));
        const now = clock.now();
        const { tasks: shown, isHit } = await cache.ask(pages[roll(pages.length)] ?? tasks);
        for (const { id, status, fetchedAt, stale } of shown) {
          statuses.add(status);
          const ageMs = now - Date.parse(fetchedAt);
          if (isHit && (stale || ageMs > freshFor(status))) tooOld.push({ step, id, status, ageMs, stale });
        }
      }
      expect(tooOld).toEqual([]);
      expect(cache.counts.hits).toBeGreaterThan(20);
      expect(cache.counts.misses).toBeGreaterThan(20);
      expect([...statuses].sort()).toEqual(expect.arrayContaining(['QUEUED', 'RUNNING', 'SUCCEEDED']));
    },
  );
});
