import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { readyQueries } from '../../src/graphiql/queries.ts';
import { browserTest, type GraphiqlBrowser, openGraphiql } from './browser.ts';
import { startCannedServer } from './canned-server.ts';

const buildScript = join(import.meta.dirname, '../../src/graphiql/build.ts');

let directory: string;
let server: FastifyInstance;
let url: string;

/** The command itself, in an environment with as little as a newcomer's. */
function runBuild() {
  const { PATH } = process.env;
  return promisify(execFile)('node', [buildScript, directory], { env: { PATH } });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'graphiql-build-'));
  await runBuild();
  ({ server, url } = await startCannedServer(directory));
}, 60_000);

afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true });
});

async function inBrowser(visit: (graphiql: GraphiqlBrowser) => Promise<void>): Promise<void> {
  const graphiql = await openGraphiql(url);
  try {
    await visit(graphiql);
    expect(graphiql.foreignRequests).toEqual([]);
    expect(graphiql.complaints).toEqual([]);
  } finally {
    await graphiql.close();
  }
}

describe('the build', () => {
  test('makes a page, a script, a stylesheet and three workers, and ships no source maps', async () => {
    const kinds = (await readdir(directory)).map((name) => name.replace(/-[0-9A-Z]{8}\./, '.')).sort();
    expect(kinds).toEqual([
      'editor-worker.js',
      'graphiql.css',
      'graphiql.js',
      'graphql-worker.js',
      'index.html',
      'json-worker.js',
    ]);
  });

  test('gives the same names for the same source, so browsers can keep what they have', async () => {
    const before = await readdir(directory);
    await runBuild();
    expect(await readdir(directory)).toEqual(before);
  });

  test('makes a page whose every file is served', async () => {
    const html = await readFile(join(directory, 'index.html'), 'utf8');
    const addresses = [...html.matchAll(/(?:src|href)="(graphiql\/[^"]+)"/g)].map(([, address]) => address);
    expect(addresses).toHaveLength(2);
    for (const address of addresses) {
      expect((await server.inject(`/${address}`)).statusCode).toBe(200);
    }
  });
});

describe('with no internet, in a browser', () => {
  browserTest('GraphiQL opens with the ready-made tabs and nothing in them is underlined', async () => {
    await inBrowser(async (graphiql) => {
      const titles = readyQueries.map(({ title }) => title);
      expect(await graphiql.tabTitles()).toEqual(titles);
      for (const title of titles) {
        await graphiql.openTab(title);
        await graphiql.page.waitForTimeout(700);
        expect(await graphiql.editorMarkers()).toEqual([]);
      }
    });
  });

  browserTest('what the schema lacks is underlined, so the workers are at work', async () => {
    await inBrowser(async (graphiql) => {
      await graphiql.replaceQuery('query Wrong { mediaTask(id: "a") { nonsense } }');
      await graphiql.page.locator('.squiggly-error').first().waitFor();
      expect(await graphiql.editorMarkers()).toEqual([expect.stringContaining('"nonsense"')]);
    });
  });

  browserTest('a second visit finds the tabs as they were left', async () => {
    await inBrowser(async (graphiql) => {
      await graphiql.replaceQuery('query Mine { mediaTaskProviders { provider } }');
      await graphiql.page.locator('.graphiql-tab-button', { hasText: 'Mine' }).waitFor();
      const left = await graphiql.tabTitles();
      await graphiql.page.waitForTimeout(700);
      await graphiql.page.reload();
      await graphiql.page.locator('.graphiql-tab-button', { hasText: 'Mine' }).waitFor();
      expect(await graphiql.tabTitles()).toEqual(left);
    });
  });

  browserTest('a tab with variables sends them', async () => {
    await inBrowser(async (graphiql) => {
      await graphiql.openTab('FederationEntities');
      const answer = JSON.parse(await graphiql.runQuery());
      expect(answer.errors).toBeUndefined();
      const typenames = answer.data._entities.map((entity: { __typename: string }) => entity.__typename);
      expect(typenames).toHaveLength(6);
      expect(new Set(typenames).size).toBe(5);
    });
  });

  browserTest('running the first tab shows what the server answered', async () => {
    await inBrowser(async (graphiql) => {
      const answer = JSON.parse(await graphiql.runQuery());
      expect(answer.errors).toBeUndefined();
      expect(answer.data.mediaTasks).toHaveLength(9);
      expect(answer.data.mediaTasks[8].problem.code).toBe('TASK_NOT_FOUND');
      expect(await graphiql.visibleResult()).toContain('aliyun-vod:partial-success');
    });
  });
});
