import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page, Request } from 'playwright-core';
import { launchOffline, watch } from '../support/chromium.ts';
import { waitFor } from '../support/wait.ts';

/** A web server for pages of an origin of its own. */
export interface PageServer {
  /** As browsers write it. Another host than the subgraph's, so that requests are cross-site. */
  readonly origin: string;
  close(): Promise<void>;
}

export const servePages = async (script: () => string): Promise<PageServer> => {
  const server = createServer((request, reply) => {
    const isScript = request.url === '/page.js';
    reply.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    reply.end(
      isScript
        ? script()
        : '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A request to the endpoint, preflight requests aside. */
export interface Asked {
  readonly method: string;
  /** The operation's name. */
  readonly operation: string | undefined;
  answer(): Promise<unknown>;
}

/** A table of tasks in a browser. */
export interface TablePage {
  readonly page: Page;
  readonly consoleErrors: readonly string[];
  /** Resolves once an error with the text is in the console. */
  whenLogged(text: string | RegExp): Promise<void>;
  /** What the page has asked the endpoint over HTTP, in order. */
  readonly asked: readonly Asked[];
  /** Texts of a task's cells. */
  cells(id: string): Promise<string[]>;
  /** Resolves once a task's row has the text. */
  whenShown(id: string, text: string): Promise<void>;
  /** Resolves once the page has received all answers. */
  settle(): Promise<void>;
  /** The percent of a task's progress bar. */
  /** The text of the page's alert, once there is one. */
  alert(): Promise<string>;
  close(): Promise<void>;
}

export interface TestPages {
  /**
   * @param table a name in page.tsx
   * @param endpoint the subgraph's
   */
  open(origin: string, table: string, endpoint: string, ids: readonly string[]): Promise<TablePage>;
  close(): Promise<void>;
}

/** The browser is started when the first page is opened. */
export const createTestPages = (): TestPages => {
  let starting: Promise<Browser> | undefined;
  return {
    open: async (origin, table, endpoint, ids) => {
      starting ??= launchOffline(['localhost', '127.0.0.1']);
      const context = await (await starting).newContext();
      const hosts = [new URL(origin).host, new URL(endpoint).host];
      const { consoleErrors, foreignRequests } = watch(context, hosts);
      const page = await context.newPage();
      await page.clock.install();
      const asked: Asked[] = [];
      page.on('request', (request) => {
        if (request.url().startsWith(endpoint)) asked.push(toAsked(request));
      });
      const search = new URLSearchParams([
        ['table', table],
        ['url', endpoint],
        ...ids.map((id) => ['id', id]),
      ]);
      await page.goto(`${origin}/?${search}`);
      const row = (id: string) => page.locator(`tr[data-id="${id}"]`);
      return {
        page,
        consoleErrors,
        whenLogged: (text) => waitForLine(consoleErrors, text),
        asked,
        cells: (id) => row(id).locator('th, td').allInnerTexts(),
        whenShown: (id, text) => row(id).getByText(text).first().waitFor(),
        settle: async () => {
          await Promise.all(asked.map(({ answer }) => answer()));
          // A further round trip of the page itself: by then it has acted on the answers.
          await page.evaluate(async () => (await fetch('/')).text());
        },
        alert: () => page.getByRole('alert').innerText(),
        close: async () => {
          await context.close();
          if (foreignRequests.length > 0) throw new Error(`Requested elsewhere: ${foreignRequests}`);
        },
      };
    },
    close: async () => (await starting)?.close(),
  };
};

const toAsked = (request: Request): Asked => ({
  method: request.method(),
  operation: /(?:query|subscription) (\w+)/.exec(
    request.postData() ?? decodeURIComponent(request.url()),
  )?.[1],
  answer: async () => (await request.response())?.json(),
});

const waitForLine = async (lines: readonly string[], text: string | RegExp): Promise<void> => {
  await waitFor(
    async () => lines,
    () => lines.some((line) => line.match(text)),
    { withinMs: 40_000 },
  );
};
