import { afterAll, beforeAll, expect } from '@jest/globals';
import { browserTest } from '../../../test/support/browser-test.ts';
import { countRenders } from './count-renders.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** 200 rows, most of which change. How fast that is, `npm run bench:dashboard` measures. */

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard();
});

afterAll(() => dashboard.close());

const prefixes = [
  'aliyun-vod',
  'visionular',
  'volcengine-webcast:demo-app:demo-room',
  'volcengine-whiteboard:demo-app',
  'zego:tencent',
];
const idsOf = (name: string, count: number): string[] =>
  prefixes.flatMap((prefix) => Array.from({ length: count }, (_, n) => `${prefix}:${name}-${n}`));

browserTest('200 rows show what changes, and only rows that change are rendered again', async () => {
  const ended = idsOf('done', 10);
  const { page, row } = await dashboard.open([]);
  const rendersOf = await countRenders(page);
  await page.goto(`${dashboard.url}/dashboard/?again#tasks=${[...ended, ...idsOf('load', 30)].join(',')}`);
  for (const id of ended) await row(id).getByText('Succeeded').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr[aria-busy="false"]').length === 200);

  const rendersBefore = await rendersOf(ended);
  for (const id of idsOf('load', 30))
    await row(id)
      .getByText(/succeeded|failed/i)
      .first()
      .waitFor();
  expect(Math.min(...(await rendersOf(idsOf('load', 30))))).toBeGreaterThan(1);
  expect(await rendersOf(ended)).toEqual(rendersBefore);
});
