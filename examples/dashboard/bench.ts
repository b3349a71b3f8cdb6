import { loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { manyIdsOf } from '../../test/support/sandbox-ids.ts';
import { openDashboard } from './test/open-dashboard.ts';

/**
 * `npm run bench:dashboard`: what 200 rows cost the page's main thread while their tasks change, in a real Chromium.
 * CPU time is the thread's own, which other programs on the machine do not add to; the gaps between frames are
 * wall-clock time, which they do.
 */

const spanMs = 10_000;

/** At 60 frames a second. */
const frameMs = 1_000 / 60;

const ids = manyIdsOf('load', 40);

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** When it began, in µs. */
  readonly ts: number;
  /** Its CPU time in µs. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** @returns the CPU time of the main thread in each frame's time, in ms */
const toFrameCosts = (trace: string): number[] => {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const tasks = traceEvents.filter(({ name, ph }) => ph === 'X' && /RunTask$/.test(name));
  const mainThreads = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => tasks.filter((task) => task.pid === pid && task.tid === tid));
  const [page = []] = mainThreads.sort((a, b) => b.length - a.length);
  const begun = Math.min(...page.map(({ ts }) => ts));
  const costs: number[] = Array(Math.ceil(spanMs / frameMs)).fill(0);
  for (const { ts, tdur = 0 } of page) {
    const frame = Math.floor((ts - begun) / 1_000 / frameMs);
    if (frame < costs.length) costs[frame] = (costs[frame] ?? 0) + tdur / 1_000;
  }
  return costs;
};

/** @returns the times between frames, in ms, for as long as the page is measured */
const measureGaps = (page: Page): Promise<number[]> =>
  page.evaluate(
    (spanMs) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = [];
        const begun = performance.now();
        let last = begun;
        const next = (now: number): void => {
          gaps.push(now - last);
          last = now;
          if (now - begun < spanMs) requestAnimationFrame(next);
          else resolve(gaps.slice(1));
        };
        requestAnimationFrame(next);
      }),
    spanMs,
  );

const summarize = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(1);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)} ms`;
};

const dashboard = await openDashboard({ isLive: true });
try {
  const { page } = await dashboard.open(ids);
  await page.waitForFunction(() => document.querySelectorAll('tbody tr[aria-busy="false"]').length === 200);
  const states = () => page.locator('tbody td:nth-child(2)').allInnerTexts();
  const before = await states();
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ['toplevel'] });
  const gaps = await measureGaps(page);
  const costs = toFrameCosts(String(await browser?.stopTracing()));
  const after = await states();

  const changed = after.filter((state, row) => state !== before[row]).length;
  const cpuMs = costs.reduce((sum, ms) => sum + ms, 0);
  const late = gaps.filter((ms) => ms > 1.5 * frameMs).length;
  process.stdout.write(
    `200 rows for ${spanMs / 1_000} s, ${changed} of which changed; load of the machine ${loadavg()[0]?.toFixed(1)}
CPU of the main thread    ${((100 * cpuMs) / spanMs).toFixed(1)} %
  in each 16.7 ms         ${summarize(costs)}; above 16.7 ms: ${costs.filter((ms) => ms > frameMs).length} of ${costs.length}
Time between frames       ${summarize(gaps)}; above 25 ms: ${late} of ${gaps.length}
`,
  );
} finally {
  await dashboard.close();
}
