import type { Owner } from '../owner/owner.ts';
import type { Exchange } from './exchange.ts';
import type { OwnerLinks } from './local-exchange.ts';
export type CreateOwner = (links: OwnerLinks) => Owner;
export const createRedisExchange = (_: object): Exchange => {
  throw new Error('stub');
};
