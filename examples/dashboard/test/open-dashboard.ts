import type { FastifyInstance } from 'fastify';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { createSandbox } from '../../../sandbox/index.ts';
import { createApplication } from '../../../src/app/application.ts';
import { launchOffline, type Watched, watch } from '../../../test/support/chromium.ts';
import { type Control, createControl } from '../../../test/support/stack.ts';
import { serveDashboard } from '../serve.ts';

/** The page in a browser. */
export interface DashboardPage extends Watched {
  readonly page: Page;
  /** The row of a task, by its id. */
  row(id: string): Locator;
  /** The pane of one task. */
  readonly detail: Locator;
}

/** Sandbox, subgraph and dashboard, and a browser. */
export interface Dashboard extends Control {
  readonly url: string;
  /** Opens the page with these tasks as a new visitor. */
  open(ids: readonly string[], options?: BrowserContextOptions): Promise<DashboardPage>;
  /** Opens an address of the page as another visitor. */
  visit(address: string, options?: BrowserContextOptions): Promise<DashboardPage>;
  /** Sets the time of the vendors' tasks forward. */
  putForward(ms: number): void;
  stopServer(): Promise<void>;
  /** On the same port. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

interface DashboardOptions {
  /** Whether tasks change by themselves. By default they do when their time is put forward, however slow the browser is. */
  readonly isLive?: boolean;
}

export const openDashboard = async ({ isLive = false }: DashboardOptions = {}): Promise<Dashboard> => {
  const begun = Date.now();
  let putForwardMs = 0;
  const sandbox = await createSandbox({
    taskNow: () => (isLive ? Date.now() : begun) + putForwardMs,
  });
  let server: FastifyInstance;
  const start = async (port: number): Promise<string> => {
    const application = await createApplication(
      { ...sandbox.environment(), GRAPHIQL: 'false' },
      { logStream: { write: () => {} } },
    );
    server = application.server;
    await serveDashboard(server);
    return server.listen({ port, host: '127.0.0.1' });
  };
  const url = await start(0);
  const { host, port } = new URL(url);
  let launching: Promise<Browser> | undefined;

  const visit: Dashboard['visit'] = async (address, options = {}) => {
    launching ??= launchOffline(['127.0.0.1']);
    const browser = await launching;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const watched = watch(context, [host]);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(address);
    await page.getByText('Live', { exact: true }).waitFor();
    return {
      ...watched,
      page,
      row: (id) => page.locator('tbody tr', { has: page.getByTitle(id, { exact: true }) }),
      detail: page.locator('dialog'),
    };
  };

  return {
    ...createControl(sandbox),
    url,
    visit,
    open: (ids, options) => visit(`${url}/dashboard/#tasks=${ids.join(',')}`, options),
    putForward: (ms) => {
      putForwardMs += ms;
    },
    stopServer: () => server.close(),
    startServer: async () => {
      await start(Number(port));
    },
    close: async () => {
      await (await launching)?.close();
      await server.close();
      await sandbox.close();
    },
  };
};
