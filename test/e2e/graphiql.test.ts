import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readyQueries } from '../../src/graphiql/queries.ts';
import { bundleDirectory } from '../../src/graphiql/serve.ts';
import { createTestBrowser, type GraphiqlBrowser } from '../graphiql/browser.ts';
import { browserTest } from '../support/browser-test.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** GraphiQL as the build bundles it and the server serves it, with the sandbox as the vendors. */

interface Row {
  readonly id: string;
  readonly status: string | null;
  readonly kind: string | null;
  readonly problem: { readonly code: string } | null;
}

const buildScript = join(import.meta.dirname, '../../src/graphiql/build.ts');

const browser = createTestBrowser();
let stack: Stack;

beforeAll(async () => {
  const { PATH } = process.env;
  await promisify(execFile)(process.execPath, [buildScript], { env: { PATH } });
  stack = await openStack({ variables: { GRAPHIQL: 'true' } });
});

afterAll(async () => {
  await browser.close();
  await stack.close();
});

/** The page, opened once: loading the editor is slow. */
let opening: Promise<GraphiqlBrowser> | undefined;
const openPage = (): Promise<GraphiqlBrowser> => {
  opening ??= browser.openGraphiql(stack.url);
  return opening;
};

const readData = <Data>(answer: string): Data => {
  const { data, errors } = JSON.parse(answer) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
};

describe('the build', () => {
  it('writes a page, a script, a stylesheet and three workers, and no source maps', async () => {
    const kinds = (await readdir(bundleDirectory)).map((name) => name.replace(/-[0-9A-Z]{8}\./, '.'));
    expect(kinds.sort()).toEqual([
      'editor-worker.js',
      'graphiql.css',
      'graphiql.js',
      'graphql-worker.js',
      'index.html',
      'json-worker.js',
    ]);
  });

  it('writes a page whose script and stylesheet are served', async () => {
    const page = await fetch(stack.url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    const paths = [...html.matchAll(/(?:src|href)="(graphiql\/[^"]+)"/g)].map(([, path]) => path);
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      const reply = await fetch(`${stack.url}/${path}`);
      expect([reply.status, (await reply.text()).length > 10_000]).toEqual([200, true]);
    }
  });
});

describe('GraphiQL in a browser without internet', () => {
  browserTest('opens with the ready-made tabs, and runs the first with one click', async () => {
    const graphiql = await openPage();
    expect(await graphiql.tabTitles()).toEqual(readyQueries.map(({ title }) => title));
    const { mediaTasks } = readData<{ mediaTasks: Row[] }>(await graphiql.runQuery());
    expect(mediaTasks.map(({ id, status, kind, problem }) => [id, status ?? problem?.code, kind])).toEqual([
      ['aliyun-vod:partial-success', 'PARTIALLY_SUCCEEDED', 'VIDEO_TRANSCODE'],
      ['aliyun-vod:evolving-1', 'RUNNING', 'VIDEO_TRANSCODE'],
      ['visionular:success', 'SUCCEEDED', 'VIDEO_TRANSCODE'],
      ['visionular:running', 'RUNNING', 'VIDEO_TRANSCODE'],
      ['volcengine-webcast:demo-app:demo-room:running', 'RUNNING', 'WEB_CAST'],
      ['volcengine-whiteboard:demo-app:done', 'SUCCEEDED', 'DOCUMENT_TRANSCODE'],
      ['zego:tencent:compose', 'SUCCEEDED', 'MERGE'],
      ['zego:huawei:succeeded', 'SUCCEEDED', 'SNAPSHOT'],
      ['zego:huawei:no-such-task', 'TASK_NOT_FOUND', null],
    ]);
    expect(await graphiql.visibleResult()).toContain('aliyun-vod:partial-success');
  });

  browserTest('has filled in the variables of the tab that it opens with', async () => {
    const graphiql = await openPage();
    expect(JSON.parse(await graphiql.variables())).toEqual(readyQueries[0]?.variables);
    expect(await graphiql.page.locator('.graphiql-editor-tool').innerText()).toContain(
      'aliyun-vod:evolving-1',
    );
  });

  browserTest('runs a subscription at once after its tab is opened, until it is stopped', async () => {
    const graphiql = await openPage();
    await graphiql.openTab('LiveProgress');
    const { mediaTaskUpdates } = readData<{ mediaTaskUpdates: Row }>(await graphiql.runQuery());
    expect(mediaTaskUpdates.id).toMatch(/:evolving-live-1$/);
    expect(mediaTaskUpdates.status).toMatch(/QUEUED|RUNNING/);
    const stop = graphiql.page.getByRole('button', { name: /^Stop/ });
    await stop.click();
    await stop.waitFor({ state: 'detached' });
  });

  browserTest('shows query above answer, and nothing beside the screen, at 400 px', async () => {
    const { page, runQuery, visibleResult, consoleErrors, close } = await browser.openGraphiql(
      stack.url,
      400,
    );
    await runQuery();
    expect(await visibleResult()).toContain('aliyun-vod:partial-success');
    // Lines of a comment are one there, which wraps where it must.
    expect(await page.locator('.graphiql-query-editor .view-lines').innerText()).toMatch(
      /for\s+every\s+task/,
    );
    const boxOf = async (selector: string) => {
      const box = await page.locator(selector).boundingBox();
      return box ?? { x: 0, y: 0, width: 0, height: 0 };
    };
    const [query, response] = [await boxOf('.graphiql-query-editor'), await boxOf('.result-window')];
    expect(query.width).toBeGreaterThan(360);
    expect(response.width).toBeGreaterThan(360);
    expect(response.y).toBeGreaterThan(query.y + query.height);
    expect(response.x + response.width).toBeLessThanOrEqual(400);
    expect(consoleErrors).toEqual([]);
    await close();
  });

  browserTest(
    'sends the variables of a tab, underlines only what the schema lacks, and keeps tabs for the next visit',
    async () => {
      const graphiql = await openPage();
      await graphiql.openTab('FederationEntities');
      const { _entities: entities } = readData<{
        _entities: (Row & { __typename: string; sourceUrl?: string })[];
      }>(await graphiql.runQuery());
      expect(entities.map(({ __typename, id, status }) => [__typename, id, status])).toEqual([
        ['AliyunTranscodeTask', 'aliyun-vod:partial-success', 'PARTIALLY_SUCCEEDED'],
        ['VisionularTranscodeTask', 'visionular:running', 'RUNNING'],
        ['WebCastTask', 'volcengine-webcast:demo-app:demo-room:running', 'RUNNING'],
        ['WhiteboardTranscodeTask', 'volcengine-whiteboard:demo-app:done', 'SUCCEEDED'],
        ['ZegoMediaTask', 'zego:tencent:compose', 'SUCCEEDED'],
        ['ZegoMediaTask', 'zego:huawei:succeeded', 'SUCCEEDED'],
      ]);
      expect(entities[2]?.sourceUrl).toBe('https://page.example.com/lesson?token=not-a-secret');

      // Once a variable is missed that only this query has, all others have been checked against it, too.
      await graphiql.replaceQuery(
        'query Broken($representations: [_Any!]!, $more: Int!) { _entities(representations: $representations) { __typename nonsense(a: $more) } }',
      );
      const markers = await waitFor(graphiql.editorMarkers, (texts) =>
        ['"nonsense"', '"more"'].every((part) => texts.some((text) => text.includes(part))),
      );
      expect(markers).toHaveLength(2);
      await graphiql.page.locator('.squiggly-error').first().waitFor();

      await graphiql.replaceQuery('query Mine { mediaTask(id: "a") { id } }');
      await graphiql.page.locator('.graphiql-tab-button', { hasText: 'Mine' }).waitFor();
      const titles = await graphiql.tabTitles();
      await graphiql.whenTabIsStored('Mine');
      await graphiql.page.reload();
      await graphiql.page.locator('.graphiql-tab-button', { hasText: 'Mine' }).waitFor();
      expect(await graphiql.tabTitles()).toEqual(titles);
    },
  );

  browserTest('has requested nothing from other hosts, and has logged no error', async () => {
    const { foreignRequests, consoleErrors } = await openPage();
    expect([foreignRequests, consoleErrors]).toEqual([[], []]);
  });
});

describe('every ready-made query, subscriptions aside,', () => {
  const queries = readyQueries.filter(({ query }) => !/^subscription/m.test(query));

  it.each(queries.map(({ title, query, variables }) => ({ title, query, variables })))(
    '$title is answered without an error, and without a problem except for the unknown task',
    async ({ query, variables }) => {
      const { data, errors } = await stack.ask<Record<string, unknown>>(query, variables);
      expect(errors).toBeUndefined();
      const problems = Object.values(data)
        .flat()
        .map((task) => task as Row)
        .flatMap(({ id, problem }) => (problem ? [[id, problem.code]] : []));
      for (const problem of problems) expect(problem).toEqual(['zego:huawei:no-such-task', 'TASK_NOT_FOUND']);
      expect(Object.values(data).flat()).not.toContain(null);
    },
  );
});
