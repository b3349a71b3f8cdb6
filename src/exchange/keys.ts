import type { Subject } from './exchange.ts';

/** Every key and channel of one account, built in this place only. */
export interface AccountKeys {
  /** Who owns the account. The same for all shapes: the quota is the vendor's. */
  readonly lease: string;
  /** What all replicas receive: the owner's record, answers, failures, refusals. */
  readonly replicas: string;
  /** What only the owner receives: wants and heartbeats. */
  readonly owner: string;
  answer(subject: Subject, shape: number): string;
}

/**
 * The account in braces is the hash tag of Redis Cluster: whatever must be together is.
 * @param account its name; letters, digits and hyphens
 * @param database channels carry it, because pub/sub knows no databases
 */
export const createAccountKeys = (account: string, database: number): AccountKeys => ({
  lease: `media-tasks:lease:{${account}}`,
  replicas: `media-tasks:replicas:${database}:{${account}}`,
  owner: `media-tasks:owner:${database}:{${account}}`,
  answer: ({ typename, id }, shape) => `media-tasks:${shape}:{${account}}:answer:${typename}:${id}`,
});
