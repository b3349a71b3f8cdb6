import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserTest } from '../../../test/support/chromium.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** 200 tasks that change at once. */

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard(1);
});

afterAll(() => dashboard.close());

const prefixes = [
  'aliyun-vod',
  'visionular',
  'volcengine-webcast:demo-app:demo-room',
  'volcengine-whiteboard:demo-app',
  'zego:tencent',
];
const ids = prefixes.flatMap((prefix) => Array.from({ length: 40 }, (_, n) => `${prefix}:load-${n}`));

const spanMs = 4_000;

/** At 60 frames a second. */
const frameMs = 16.7;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's CPU. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The CPU time of each task on the page's main thread, in ms. Other programs on this machine do not count. */
const traceTasks = async (page: Page, spanMs: number): Promise<number[]> => {
  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await page.waitForTimeout(spanMs);
  const trace = await browser?.stopTracing();
  const { traceEvents } = JSON.parse(String(trace)) as { traceEvents: TraceEvent[] };
  const tasks = traceEvents.filter(({ name, ph }) => ph === 'X' && /RunTask$/.test(name));
  const threads = new Map<string, number[]>();
  for (const { pid, tid, tdur = 0 } of tasks) {
    const key = `${pid} ${tid}`;
    threads.set(key, [...(threads.get(key) ?? []), tdur / 1_000]);
  }
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const durations = mains.map(({ pid, tid }) => threads.get(`${pid} ${tid}`) ?? []);
  return durations.sort((a, b) => b.length - a.length)[0] ?? [];
};

browserTest('200 rows stay smooth while updates arrive', async () => {
  const { page } = await dashboard.open(ids);
  await page.waitForFunction(() => document.querySelectorAll('tbody tr[aria-busy="false"]').length === 200);
  const states = () => page.locator('tbody td:nth-child(2)').allInnerTexts();
  const before = await states();
  const tasks = await traceTasks(page, spanMs);
  const after = await states();
  expect(after.filter((state, row) => state !== before[row]).length).toBeGreaterThan(50);
  expect(Math.max(...tasks)).toBeLessThan(50);
  const missedFrames = tasks.filter((ms) => ms > frameMs).length;
  expect(missedFrames / (spanMs / frameMs)).toBeLessThan(0.02);
});
