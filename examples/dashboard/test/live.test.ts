import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserTest } from '../../../test/support/browser-test.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** What the page shows of tasks that change, and of what goes wrong meanwhile. */

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard();
});

afterEach(() => dashboard.endFaults());

afterAll(() => dashboard.close());

/** Tells a page that was loaded again from one that was not. */
const mark = (page: Page) => page.evaluate(() => Object.assign(globalThis, { isMarked: true }));
const isMarked = (page: Page) => page.evaluate(() => 'isMarked' in globalThis);

/** How long the slowest of the tasks that evolve is queued, and how long it runs. */
const queuedMs = 6_000;
const runningMs = 30_000;

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}

describe('a task that changes', () => {
  browserTest('is shown as it is now without a reload, over the socket', async () => {
    const id = 'visionular:evolving-live';
    const { page, row } = await dashboard.open([id]);
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('query Tasks(') ? route.abort() : route.fallback(),
    );
    await mark(page);
    await row(id).getByText('Queued').waitFor();
    dashboard.putForward(queuedMs);
    await row(id).getByText('Running').waitFor();
    dashboard.putForward(runningMs);
    await row(id).getByText('Succeeded').waitFor();
    expect(await isMarked(page)).toBe(true);
    // For screen readers.
    await page
      .locator('caption [role=status]', { hasText: '1 tasks · 1 succeeded' })
      .waitFor({ state: 'attached' });
  });

  browserTest('is asked for where sockets are blocked, also after the server was away', async () => {
    const [id, added] = ['visionular:evolving-away', 'visionular:success'];
    const { page, row } = await dashboard.open([]);
    await page.routeWebSocket(/graphql/, (socket) => socket.close());
    await page.goto(`${dashboard.url}/dashboard/?again#tasks=${id}`);
    await page.getByText('Not connected').waitFor();
    await row(id).getByText('Queued').waitFor();
    await dashboard.stopServer();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#tasks=${id},${added}`);
    await dashboard.startServer();
    dashboard.putForward(queuedMs + runningMs);
    await row(id).getByText('Succeeded').waitFor();
    await row(added).getByText('Succeeded').waitFor();
  });

  browserTest('moves nothing on the page', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `visionular:load-${n}`);
    const { page } = await dashboard.open([]);
    await page.addInitScript(() => {
      const shifts: string[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries() as LayoutShift[])
          if (value > 0.001) shifts.push(`${value}: ${sources.map(({ node }) => node?.nodeName)}`);
      });
      observer.observe({ type: 'layout-shift', buffered: true });
      Object.assign(globalThis, { shifts });
    });
    await page.goto(`${dashboard.url}/dashboard/?again#tasks=${ids.join(',')}`);
    await page.getByText('Queued').nth(5).waitFor();
    dashboard.putForward(queuedMs);
    await page.getByText('Running').nth(5).waitFor();
    dashboard.putForward(runningMs);
    await page
      .getByText(/succeeded|failed/i)
      .nth(5)
      .waitFor();
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)).toEqual([]);
  });
});

describe('a vendor that fails', () => {
  browserTest('is shown with what is known of its tasks; the others stay live', async () => {
    const [known, cold, other] = [
      'zego:tencent:processing',
      'zego:tencent:waiting',
      'visionular:evolving-beside',
    ];
    const { page, row } = await dashboard.open([known]);
    await row(known).getByText('Running').waitFor();
    await dashboard.switchFault('zego', 'down');
    await page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      `#tasks=${[known, cold, other].join(',')}`,
    );
    await row(cold).getByText('Unavailable', { exact: true }).waitFor();
    await row(cold)
      .getByText(/again in \d+ s/)
      .waitFor();
    expect(await row(cold).locator('.reason').innerText()).not.toBe('');
    await row(other).getByText('Queued').waitFor();
    dashboard.putForward(queuedMs + runningMs);
    await row(other).getByText('Succeeded').waitFor();
    await row(known).getByText('stale').waitFor();
    expect(await row(known).getByText('Running').count()).toBe(1);
    await page.getByLabel('Vendors').getByText('Failing').waitFor();

    await dashboard.endFaults();
    await row(cold).getByText('Queued').waitFor();
    await row(known).getByText('stale').waitFor({ state: 'detached' });
  });

  browserTest('does not delay the ages of the others while it hangs', async () => {
    const [hanging, other] = ['zego:tencent:processing', 'aliyun-vod:processing'];
    const { page, row } = await dashboard.open([hanging, other]);
    await row(hanging).getByText('Running').waitFor();
    const askedAt = () => row(other).locator('time').getAttribute('dateTime');
    const before = await askedAt();
    // As long as the vendor does not answer, neither does the server; but that ends after its deadline.
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes(hanging) ? undefined : route.fallback(),
    );
    await waitFor(askedAt, (now) => now !== before, { withinMs: 30_000 });
  });
});

describe('a server that is restarted', () => {
  browserTest('is connected to again, without a reload', async () => {
    const [running, evolving] = ['aliyun-vod:processing', 'visionular:evolving-restart'];
    const { page, row } = await dashboard.open([running, evolving]);
    await mark(page);
    await row(evolving).getByText('Queued').waitFor();
    await dashboard.stopServer();
    await page.getByText('Not connected').waitFor();
    await row(running).getByText('Running').waitFor();
    await dashboard.startServer();
    await page.getByText('Live', { exact: true }).waitFor();
    dashboard.putForward(queuedMs + runningMs);
    await row(evolving).getByText('Succeeded').waitFor();
    expect(await isMarked(page)).toBe(true);
  });
});
