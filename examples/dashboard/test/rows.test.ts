import { afterAll, beforeAll, expect } from '@jest/globals';
import { browserTest } from '../../../test/support/browser-test.ts';
import { manyIdsOf } from '../../../test/support/sandbox-ids.ts';
import { countRenders } from './count-renders.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** 200 rows, most of which change. How fast that is, `npm run bench:dashboard` measures. */

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard();
});

afterAll(() => dashboard.close());

browserTest('200 rows show what changes, and only rows that change are rendered again', async () => {
  const [ended, running] = [manyIdsOf('done', 10), manyIdsOf('load', 30)];
  const { page, row } = await dashboard.open([]);
  const rendersOf = await countRenders(page);
  await page.goto(`${dashboard.url}/dashboard/?again#tasks=${[...ended, ...running].join(',')}`);
  for (const id of ended) await row(id).getByText('Succeeded').waitFor();
  await page.waitForFunction(
    (count) => document.querySelectorAll('tbody tr[aria-busy="false"]').length === count,
    ended.length + running.length,
  );

  // Those that found no permit at first have an answer, too.
  for (const id of running)
    await row(id)
      .getByText(/queued|running/i)
      .first()
      .waitFor();
  const rendersBefore = await rendersOf(ended);
  // Longer than any of them takes.
  dashboard.putForward(60_000);
  for (const id of running)
    await row(id)
      .getByText(/succeeded|failed/i)
      .first()
      .waitFor();
  expect(Math.min(...(await rendersOf(running)))).toBeGreaterThan(1);
  expect(await rendersOf(ended)).toEqual(rendersBefore);
});
