import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Undefined where no Chromium is found. The variable `CHROMIUM` can name another path. */
export const chromiumPath = [process.env.CHROMIUM, ...usualPaths].find(
  (path) => path !== undefined && existsSync(path),
);

/** Other host names resolve to nothing, as on a machine without internet. */
export function launchOffline(hostnames: readonly string[]): Promise<Browser> {
  if (chromiumPath === undefined) {
    throw new Error('No Chromium: install it (apt-get install chromium) or set CHROMIUM to its path.');
  }
  return chromium.launch({
    executablePath: chromiumPath,
    // The test's own bound ends what hangs: a busy machine takes longer than Playwright's.
    timeout: 0,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=${['MAP * ~NOTFOUND', ...hostnames.map((name) => `EXCLUDE ${name}`)].join(', ')}`,
    ],
  });
}

/** What a page must not do; both lists grow while the context is open. */
export interface Watched {
  /** Addresses of other hosts that the page, its workers included, tried to fetch. */
  readonly foreignRequests: readonly string[];
  /** What the browser's console reported as error or warning, and uncaught exceptions. */
  readonly consoleErrors: readonly string[];
}

/** @param hosts with their ports */
export function watch(context: BrowserContext, hosts: readonly string[]): Watched {
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && !hosts.includes(host)) {
      foreignRequests.push(request.url());
    }
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      consoleErrors.push(`${message.type()}: ${message.text()}`);
    }
  });
  context.on('weberror', (webError) => consoleErrors.push(`uncaught: ${webError.error().message}`));
  return { foreignRequests, consoleErrors };
}
