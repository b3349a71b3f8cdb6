import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';

/** An HTTP cache that obeys `max-age` never shows what the server itself would no longer consider fresh. */

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly fetchedAt: string;
  readonly stale: boolean;
}

const query = 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status fetchedAt stale } }';

/** How long the server considers a task of this status fresh, in ms. */
const freshFor = (status: string): number =>
  ({ RUNNING: 2_000, UNKNOWN: 2_000, QUEUED: 5_000 })[status] ?? 600_000;

let clock: SteppedClock;
let stack: Stack;

beforeAll(async () => {
  clock = createSteppedClock(1);
  stack = await openStack({ clock });
});

afterAll(() => stack.close());

/** A minimal HTTP cache: the age of an answer counts from the request. */
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

/** Pseudo-random whole numbers below the bound, the same for the same seed. */
const createRandom = (seed: number) => {
  let state = seed;
  return (bound: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * bound);
  };
};

describe('an HTTP cache', () => {
  it.each([1, 2, 3])(
    'shows no task that is not fresh, while tasks go through all their states (seed %d)',
    async (seed) => {
      const random = createRandom(seed);
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
        clock.putForward(random(step % 50 === 0 ? 20_000 : 700));
        const now = clock.now();
        const { tasks: shown, isHit } = await cache.ask(pages[random(pages.length)] ?? tasks);
        for (const { id, status, fetchedAt, stale } of shown) {
          statuses.add(status);
          const ageMs = now - Date.parse(fetchedAt);
          if (isHit && (stale || ageMs > freshFor(status))) tooOld.push({ step, id, status, ageMs, stale });
        }
      }
      expect(tooOld).toEqual([]);
      expect(cache.counts.hits).toBeGreaterThan(20);
      expect(cache.counts.misses).toBeGreaterThan(20);
      expect([...statuses].sort()).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    },
  );
});
