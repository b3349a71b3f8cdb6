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
    await row('zego:huawei:no-such-task').getByText('Task not found').waitFor();
    await row('visionular:pending').getByText('Queued').waitFor();
    await page.getByLabel('Add a task by its id').fill('nonsense');
    await page.keyboard.press('Enter');
    await page.getByText('must begin with').waitFor();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);

    await row('aliyun-vod:partial-success').getByRole('button').click();
    await detail.locator('summary').first().click();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});

describe('at 400 px', () => {
  const open = async () => {
    const { row, ...opened } = await dashboard.open(ids, { viewport: { width: 400, height: 800 } });
    await row('zego:huawei:no-such-task').getByText('Task not found').waitFor();
    for (const id of ids) await row(id).getByText('Asking').waitFor({ state: 'detached' });
    return { row, ...opened };
  };

  browserTest('every value is in sight, and none is over another', async () => {
    const { page } = await open();
    const hidden = await page.evaluate(() => {
      const values = [
        ...document.querySelectorAll('tbody :is(button, small, .badge, progress, .reason, li, time)'),
      ];
      const boxes = values.map((value) => value.getBoundingClientRect());
      const isWithin = (inner: DOMRect, outer: DOMRect): boolean =>
        inner.left >= outer.left && inner.right <= outer.right && inner.bottom <= outer.bottom + 1;
      const isOver = (a: DOMRect, b: DOMRect): boolean =>
        a.left < b.right && b.left < a.right && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      return values.flatMap((value, index) => {
        const box = boxes[index] ?? new DOMRect();
        const cell = value.closest('th, td')?.getBoundingClientRect() ?? new DOMRect();
        const isCut = value.clientWidth < value.scrollWidth;
        const isInSight = box.width > 0 && box.right <= innerWidth && isWithin(box, cell) && !isCut;
        const isAlone = boxes.every((other) => other === box || !isOver(box, other));
        return isInSight && isAlone ? [] : [value.textContent];
      });
    });
    expect(hidden).toEqual([]);
    expect(await page.locator('tbody td:last-child time').count()).toBe(8);
  });

  browserTest('everything can be hit with a finger: fields and buttons, and a row anywhere', async () => {
    const { page, row, detail } = await open();
    for (const control of await page.locator('input, select, button:not(tbody button)').all()) {
      expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(41);
    }
    for (const link of await page.locator('tbody a[href]').all())
      expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(24);
    const box = await row('visionular:pending').boundingBox();
    expect(box?.height).toBeGreaterThan(44);
    await row('visionular:pending').click({ position: { x: 300, y: (box?.height ?? 0) - 5 } });
    await detail.waitFor();
    expect((await detail.boundingBox())?.width).toBe(400);
    for (const button of await detail.getByRole('button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(41);
  });
});

browserTest('is dark in the dark', async () => {
  const brightness = async (colorScheme: 'light' | 'dark') => {
    const { page } = await dashboard.open([], { colorScheme });
    const color = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    return Number(/\d+/.exec(color)?.[0]);
  };
  expect([await brightness('light'), await brightness('dark')]).toEqual([245, 14]);
});

browserTest('is a table for screen readers, also where its rows are cards', async () => {
  for (const width of [1280, 400]) {
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
  }
});
