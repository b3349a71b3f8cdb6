import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { browserTest } from '../../../test/support/browser-test.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** What people do with the page: with a mouse, a keyboard, a shared link. */

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard();
});

afterAll(() => dashboard.close());

describe('adding a task', () => {
  browserTest('takes an id that is pasted, and ids with white space between them', async () => {
    const { page, row, consoleErrors } = await dashboard.open([]);
    const field = page.getByLabel('Add a task by its id');
    await field.fill(' visionular:success ');
    await field.press('Enter');
    await row('visionular:success').getByText('Succeeded').waitFor();
    await waitFor(
      () => field.inputValue(),
      (value) => value === '',
    );
    await field.fill('zego:huawei:failed aliyun-vod:done-1');
    await field.press('Enter');
    await row('zego:huawei:failed').getByText('Failed', { exact: true }).waitFor();
    await row('aliyun-vod:done-1').getByText('Succeeded').waitFor();
    expect(consoleErrors).toEqual([]);
  });

  browserTest('explains a malformed id at the field, and keeps it there', async () => {
    const { page, row } = await dashboard.open([]);
    const field = page.getByLabel('Add a task by its id');
    await field.fill('zego:1234 visionular:success');
    await page.getByRole('button', { name: 'Add' }).click();
    await row('visionular:success').waitFor();
    await page.getByRole('alert').getByText('must read zego:<vendor>:<taskId>').waitFor();
    expect(await field.inputValue()).toBe('zego:1234');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe(
      await page.getByRole('alert').getAttribute('id'),
    );
    await field.fill('zego:huawei:succeeded');
    await field.press('Enter');
    await row('zego:huawei:succeeded').waitFor();
    await page.getByRole('alert').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
  });

  browserTest('shows a task that the vendor does not know, and says so', async () => {
    const { page, row } = await dashboard.open([]);
    await page.getByLabel('Add a task by its id').fill('zego:huawei:no-such-task');
    await page.keyboard.press('Enter');
    await row('zego:huawei:no-such-task').getByText('Task not found').waitFor();
    await row('zego:huawei:no-such-task').getByText('The vendor knows no such task').waitFor();
  });

  browserTest('a malformed id in the address is named, and the others are shown', async () => {
    const { page, row } = await dashboard.open(['nonsense', 'visionular:success']);
    await page.getByRole('alert').getByText('"nonsense" must begin with').waitFor();
    await row('visionular:success').getByText('Succeeded').waitFor();
  });
});

describe('the address', () => {
  const ids = ['visionular:success', 'visionular:fail', 'zego:huawei:succeeded', 'zego:huawei:no-such-task'];

  browserTest('keeps filters and the opened task, so that another visitor sees the same', async () => {
    const { page, row, detail } = await dashboard.open(ids);
    await row('visionular:success').getByText('Succeeded').waitFor();
    await page.getByRole('combobox', { name: 'Vendor' }).selectOption('Visionular');
    await row('zego:huawei:succeeded').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed');
    await row('visionular:success').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'fail', exact: true }).click();
    await detail.getByText('MP4_264_360p').waitFor();

    const shared = await dashboard.visit(page.url());
    await shared.detail.getByText('MP4_264_360p').waitFor();
    await shared.row('visionular:fail').waitFor();
    expect(await shared.page.locator('tbody tr').count()).toBe(1);
    await shared.page.keyboard.press('Escape');
    await shared.page.getByRole('combobox', { name: 'Status' }).selectOption('Problem');
    await shared.page.getByRole('combobox', { name: 'Vendor' }).selectOption('All');
    await shared.row('zego:huawei:no-such-task').waitFor();
    await shared.row('visionular:fail').waitFor({ state: 'detached' });
    expect(await shared.page.locator('tbody tr').count()).toBe(1);
  });

  browserTest('"back" closes the task, and a task can be removed', async () => {
    const { page, row, detail } = await dashboard.open(ids);
    await page.getByRole('button', { name: 'fail', exact: true }).click();
    await detail.waitFor();
    await page.goBack();
    await detail.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'fail', exact: true }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await row('visionular:fail').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('visionular:fail');
  });
});

describe('the pane of a task', () => {
  browserTest("has the vendor's own fields", async () => {
    const expected: Record<string, string[]> = {
      'aliyun-vod:all-succeeded': ['transcode template group id', 'LD', '100 %'],
      'visionular:success': ['MP4_264_360p', '440.371'],
      'volcengine-webcast:demo-app:demo-room:running': ['video solutions', 'frame rate', 'monitor config'],
      'volcengine-whiteboard:demo-app:failed': ['demo-app'],
      'zego:tencent:compose': ['TENCENT', 'compose', 'file id'],
      'zego:huawei:succeeded': ['HUAWEI', 'file name'],
    };
    const { row, detail } = await dashboard.open(Object.keys(expected));
    for (const [id, texts] of Object.entries(expected)) {
      await row(id).getByRole('button').click();
      for (const text of texts) await detail.getByText(text).first().waitFor();
      await detail.getByRole('button', { name: 'Close' }).click();
    }
    await row('aliyun-vod:all-succeeded').getByRole('button').click();
    await detail.locator('summary').first().click();
    await detail.getByText('audio stream list').first().waitFor();
  });

  browserTest('shows outputs as links, and pictures as thumbnails where they can be loaded', async () => {
    const { page, row, consoleErrors } = await dashboard.open([]);
    await page.route(/_0\.jpg$/, (route) =>
      route.fulfill({
        contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>',
      }),
    );
    await page.getByLabel('Add a task by its id').fill('zego:tencent:compose zego:huawei:succeeded');
    await page.keyboard.press('Enter');
    const outputs = row('zego:tencent:compose').getByRole('listitem');
    await outputs.getByRole('link', { name: 'mp4' }).waitFor();
    const picture = outputs.getByRole('img', { name: '_0.jpg' });
    await waitFor(
      () => picture.evaluate((image: HTMLImageElement) => image.naturalWidth),
      (width) => width === 16,
    );
    // One cannot be loaded, the other cloud gives no addresses.
    await row('zego:tencent:compose').locator('span.thumbnail').waitFor();
    await row('zego:huawei:succeeded').locator('span.thumbnail').nth(1).waitFor();
    expect(await row('zego:huawei:succeeded').locator('span.thumbnail').count()).toBe(2);
    expect(await row('zego:huawei:succeeded').getByRole('link').count()).toBe(0);
    expect(consoleErrors.filter((error) => error.includes('Content Security Policy'))).toEqual([]);
  });
});

describe('a keyboard', () => {
  browserTest('is enough for all of it', async () => {
    const { page, row, detail } = await dashboard.open(['visionular:success']);
    await row('visionular:success').getByText('Succeeded').waitFor();
    const whenFocused = (text: string) =>
      page.waitForFunction(
        (text) => [document.activeElement?.id, document.activeElement?.textContent].includes(text),
        text,
      );
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    await whenFocused('new-task');
    await page.keyboard.insertText('visionular:fail');
    await press('Enter');
    await row('visionular:fail').getByText('Failed').waitFor();
    await press('Tab', 'Tab', 'Tab', 'Tab');
    await whenFocused('fail');
    await press('Tab');
    await whenFocused('success');
    await press('Enter');
    await detail.waitFor();
    await whenFocused('Close');
    await press('Escape');
    await detail.waitFor({ state: 'detached' });
    await whenFocused('success');
    await press('Enter');
    await detail.waitFor();
    await press('Tab');
    await whenFocused('Remove');
    await press('Enter');
    await row('visionular:success').waitFor({ state: 'detached' });
    await detail.waitFor({ state: 'detached' });
  });
});
