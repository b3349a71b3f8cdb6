import type { RequestFinished } from '../../src/domain/events.ts';

export const account = { provider: 'zego', id: 'zego-0123456789ab' } as const;

/** A request that has been answered. */
export const requestFinished: RequestFinished = {
  kind: 'request-finished',
  transport: 'http',
  operation: 'Tasks',
  outcome: 'ok',
  status: 200,
  durationMs: 30,
  bytes: 512,
  tasks: { OK: 3, RATE_LIMITED: 1 },
  isFastLane: false,
};
