import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createApplication } from '../../src/app/application.ts';
import { browserTest } from '../support/browser-test.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';
import { bundle } from './app.ts';
import { createTestPages, type PageServer, servePages, type TablePage } from './pages.ts';

/** The tables of docs/clients.md in a browser, on another origin than the demo. */

const tencent = 'zego:tencent:compose';
const webCast = 'volcengine-webcast:demo-app:demo-room:running';
const transcode = 'aliyun-vod:all-succeeded';

const pages = createTestPages();
let script = '';
let allowed: PageServer;
let foreign: PageServer;
let stack: Stack;
let endpoint: string;
/** Stands still until a test puts it forward, so that tasks change when they are meant to, however slow a browser is. */
let taskTime = Date.now();
/** Longer than a task that evolves is queued. */
const queuedMs = 6_000;
/** Subgraphs that a test has started. */
const started: FastifyInstance[] = [];
/** Requests to the subgraph, such as `OPTIONS /graphql`. */
const requests: string[] = [];

beforeAll(async () => {
  script = (await bundle('page.tsx')).text;
  allowed = await servePages(() => script);
  foreign = await servePages(() => script);
  // A vendor recovers sooner than in real time.
  const clock = createSteppedClock(4);
  stack = await openStack({
    clock,
    sandbox: { taskNow: () => taskTime },
    variables: { ALLOWED_ORIGINS: allowed.origin },
  });
  stack.application.server.server.on('request', ({ method, url }) => requests.push(`${method} ${url}`));
  stack.application.server.server.on('upgrade', ({ url }) => requests.push(`UPGRADE ${url}`));
  endpoint = `${stack.url}/graphql`;
});

afterAll(async () => {
  await pages.close();
  await Promise.all([allowed, foreign, stack, ...started].map((opened) => opened.close()));
});

/** A subgraph of its own, with the same vendors. */
const start = async (port: number): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const variables = { ALLOWED_ORIGINS: allowed.origin, GRAPHIQL: 'false', LOG_LEVEL: 'fatal' };
  const { server } = await createApplication({ ...stack.sandbox.environment(), ...variables });
  started.push(server);
  return { url: await server.listen({ port, host: '127.0.0.1' }), close: () => server.close() };
};

const open = (table: string, ids: readonly string[]): Promise<TablePage> =>
  pages.open(allowed.origin, table, endpoint, ids);

/** The page of a test, closed after it. */
const withTable = async (
  table: string,
  ids: readonly string[],
  use: (page: TablePage) => Promise<void>,
): Promise<void> => {
  const page = await open(table, ids);
  await use(page);
  expect(page.consoleErrors).toEqual([]);
  await page.close();
};

const polling = ['apollo polling', 'urql polling'];
const live = [
  'apollo over WebSocket',
  'apollo over server-sent events',
  'urql over WebSocket',
  'urql over server-sent events',
];

describe('origins', () => {
  browserTest('an allowed one asks for permission, once', async () => {
    await withTable('apollo polling', [tencent], async ({ whenShown }) => whenShown(tencent, 'SUCCEEDED'));
    expect(requests).toEqual(['OPTIONS /graphql', 'POST /graphql']);
  });

  browserTest('another one is refused: its pages see failed requests, their console the reason', async () => {
    const show = async (table: string): Promise<void> => {
      const page = await pages.open(foreign.origin, table, endpoint, [tencent]);
      if (table.endsWith('WebSocket')) await page.whenLogged(/WebSocket .* failed/);
      if (table !== 'urql over WebSocket') {
        expect(await page.alert()).toMatch(/Failed to fetch/);
        await page.whenLogged('has been blocked by CORS policy');
      }
      await page.close();
    };
    await Promise.all([...polling, ...live].map(show));
  });
});

describe.each(polling)('the table by %s', (table) => {
  const method = table.startsWith('urql') ? 'GET' : 'POST';

  browserTest(`shows common fields and those of each vendor, asked for by ${method}`, async () => {
    await withTable(table, [tencent, webCast, transcode], async ({ cells, whenShown, asked }) => {
      await whenShown(tencent, 'SUCCEEDED');
      expect((await cells(tencent)).slice(-2)).toEqual(['VIDEO\nIMAGE\nIMAGE', '5285890813738446783']);
      expect((await cells(webCast)).at(-1)).toBe('https://page.example.com/lesson?token=not-a-secret');
      expect((await cells(transcode)).at(-1)).toBe('2 jobs');
      expect(asked.map(({ method }) => method)).toEqual([method]);
    });
  });

  browserTest('asks again after nextPollAfterMs, not sooner', async () => {
    await withTable(table, [webCast], async ({ page, asked, whenShown, settle }) => {
      await whenShown(webCast, 'RUNNING');
      // The next poll falls into this leap; from then on the page's time stands still.
      await page.clock.pauseAt(Date.now() + 3_600_000);
      await settle();
      const polls = asked.length;
      expect(polls).toBeGreaterThan(1);
      const answer = (await asked.at(-1)?.answer()) as {
        data: { mediaTasks: { nextPollAfterMs: number }[] };
      };
      const delayMs = answer.data.mediaTasks[0]?.nextPollAfterMs ?? 0;
      expect(delayMs).toBeGreaterThan(0);
      await page.clock.runFor(delayMs - 1);
      await settle();
      expect(asked).toHaveLength(polls);
      await page.clock.runFor(1);
      await settle();
      expect(asked).toHaveLength(polls + 1);
    });
  });

  browserTest('does not ask again when nothing can change any more', async () => {
    await withTable(table, [tencent, transcode], async ({ page, asked, whenShown, settle }) => {
      await whenShown(tencent, 'SUCCEEDED');
      await page.clock.pauseAt(Date.now() + 3_600_000);
      await settle();
      expect(asked).toHaveLength(1);
    });
  });

  browserTest('names a malformed id, and shows the other tasks', async () => {
    await withTable(table, [tencent, 'nonsense'], async ({ alert, whenShown }) => {
      await whenShown(tencent, 'SUCCEEDED');
      expect(await alert()).toContain('The id "nonsense" must begin with one of aliyun-vod');
    });
  });
});

describe('the tables that are live', () => {
  browserTest('show changes without asking again, as those that poll do by asking', async () => {
    const show = async (table: string) => {
      const id = `visionular:evolving-${table.replaceAll(' ', '-')}`;
      const page = await open(table, [id]);
      await page.whenShown(id, 'QUEUED');
      return { table, id, page };
    };
    const shown = await Promise.all([...live, ...polling].map(show));
    taskTime += queuedMs;
    const check = async ({ table, id, page }: (typeof shown)[number]) => {
      // Also where the browser may keep answers to GET for as long as they are fresh.
      await page.whenShown(id, 'RUNNING');
      expect(page.consoleErrors).toEqual([]);
      const operations = page.asked.map(({ operation }) => operation).sort();
      await page.close();
      if (polling.includes(table)) return;
      const queries = table.startsWith('urql') ? [] : ['Tasks'];
      const streams = table.endsWith('events') ? ['TaskUpdates'] : [];
      expect(operations).toEqual([...streams, ...queries].sort());
    };
    await Promise.all(shown.map(check));
    expect(requests).toContain('UPGRADE /graphql');
  });

  browserTest('go on after a restart of the server', async () => {
    const first = await start(0);
    const show = async (table: string, index: number) => {
      const id = `visionular:evolving-restart-${index}`;
      const page = await pages.open(allowed.origin, table, `${first.url}/graphql`, [id]);
      await page.whenShown(id, 'QUEUED');
      return { page, id };
    };
    // urql does not reconnect event streams.
    const tables = live.filter((table) => table !== 'urql over server-sent events');
    const shown = await Promise.all(tables.map(show));
    await first.close();
    // By the time of the first attempt to reconnect, connections are refused.
    const refused = /WebSocket .* failed|ERR_CONNECTION_REFUSED/;
    await Promise.all(shown.map(({ page }) => page.whenLogged(refused)));
    const second = await start(Number(new URL(first.url).port));
    taskTime += queuedMs;
    for (const { page, id } of shown) {
      await page.whenShown(id, 'RUNNING');
      await page.close();
    }
    await second.close();
  });

  browserTest('name the malformed id because of which a subscription is refused', async () => {
    const show = (table: string) =>
      withTable(table, [tencent, 'nonsense'], async ({ alert }) => {
        expect(await alert()).toContain('The id "nonsense" must begin with one of aliyun-vod');
      });
    await Promise.all(live.map(show));
  });
});

describe('when vendors are down', () => {
  browserTest(
    'known tasks are shown with their age, unknown ones with the problem, others as ever',
    async () => {
      const [known, unknown] = ['visionular:running', 'zego:huawei:running'];
      await withTable('apollo polling', [known], async ({ whenShown }) => whenShown(known, 'RUNNING'));
      await stack.switchFault('visionular', 'down');
      await stack.switchFault('zego', 'down');
      await withTable('apollo polling', [known, unknown, webCast], async ({ cells, whenShown, page }) => {
        await whenShown(known, 'as of');
        expect((await cells(known))[1]).toBe('RUNNING');
        await whenShown(unknown, 'UNAVAILABLE: ');
        expect((await cells(webCast))[1]).toBe('RUNNING');
        expect(await page.getByRole('alert').count()).toBe(0);
        await stack.endFaults();
        await whenShown(unknown, 'RUNNING');
      });
    },
  );
});
