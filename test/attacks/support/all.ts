import { connectionAttacks } from './connections.ts';
import { queryAttacks } from './queries.ts';
import { quotaAttacks } from './quota.ts';
import { vendorAttacks } from './vendors.ts';

/** In this order: what the last ones queue is called for long after them. */
export const attacks = {
  queries: queryAttacks,
  connections: connectionAttacks,
  vendors: vendorAttacks,
  quotas: quotaAttacks,
} as const;

export const allAttacks = Object.values(attacks).flat();
