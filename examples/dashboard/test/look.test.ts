import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { browserTest } from '../../../test/support/browser-test.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** How the page looks and reads: for narrow screens, in the dark, for screen readers. */

let dashboard: Dashboard;
let axe: string;

beforeAll(async () => {
  dashboard = await openDashboard();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

afterAll(() => dashboard.close());

/** Every state and each kind of vendor's field. */
const ids = [
  'aliyun-vod:processing',
  'aliyun-vod:partial-success',
  'visionular:pending',
  'visionular:fail',
  'volcengine-webcast:demo-app:demo-room:running',
  'volcengine-webcast:demo-app:demo-room:unknown-state',
  'zego:tencent:compose',
  'zego:huawei:canceled',
  'zego:huawei:no-such-task',
];

const violations = async (page: Page): Promise<string[]> => {
  const results = await page.evaluate<AxeResults>(`${axe}; axe.run()`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
};

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each([
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 400, colorScheme: 'light' },
  { width: 400, colorScheme: 'dark' },
] as const)('at $width px, $colorScheme', ({ width, colorScheme }) => {
  browserTest('has no fault that axe finds, and nothing beyond its edge', async () => {
    const { page, row, detail } = await dashboard.open(ids, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await row('zego:huawei:no-such-task').getByText('Not found').waitFor();
    await row('visionular:pending').getByText('Queued').waitFor();
    await page.getByLabel('Add a task by its id').fill('nonsense');
    await page.keyboard.press('Enter');
    await page.getByText('must begin with').waitFor();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);

    await page.getByLabel('Add a task by its id').fill('');
    await row('aliyun-vod:partial-success').getByRole('button').click();
    await detail.locator('summary').first().click();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });

  browserTest('is a table for screen readers', async () => {
    const { page } = await dashboard.open(['visionular:success'], { viewport: { width, height: 800 } });
    const row = page.getByRole('table').getByRole('row', { name: 'success' });
    await row.getByRole('cell', { name: 'Succeeded' }).waitFor();
    expect(await row.getByRole('rowheader').count()).toBe(1);
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
      'Task',
      'Status',
      'Result',
      'Asked',
    ]);
  });
});

browserTest('is dark in the dark', async () => {
  const brightness = async (colorScheme: 'light' | 'dark') => {
    const { page } = await dashboard.open([], { colorScheme });
    const color = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    return Number(/\d+/.exec(color)?.[0]);
  };
  expect([await brightness('light'), await brightness('dark')]).toEqual([244, 16]);
});
