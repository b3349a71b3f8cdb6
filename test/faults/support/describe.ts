import { describe } from '@jest/globals';
import { isInstalled } from './redis.ts';

/** Tests that need a real Redis: never skipped in silence, and never skipped where nobody looks. */
export const describeWithRedis = (name: string, tests: () => void): void => {
  if (isInstalled || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (SKIPPED: redis-server is not installed)`, tests);
};
