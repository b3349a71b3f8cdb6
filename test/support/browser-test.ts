import { test } from '@jest/globals';
import { chromiumPath } from './chromium.ts';

/** A test that needs a browser. Without one it is skipped, with the reason in its name; in CI it fails. */
export function browserTest(promise: string, body: () => Promise<void>, timeoutMs = 180_000): void {
  if (chromiumPath !== undefined) {
    test(promise, body, timeoutMs);
    return;
  }
  const reason = 'no Chromium found: install it (apt-get install chromium) or set CHROMIUM to its path';
  if (process.env.CI === 'true') {
    test(promise, () => {
      throw new Error(reason);
    });
    return;
  }
  process.stderr.write(`Skipped "${promise}": ${reason}\n`);
  test.skip(`${promise} [skipped: ${reason}]`, () => undefined);
}
