import type { Trust } from '../../../src/exchange/redis-exchange.ts';

/** What replicas in tests have in common: by default all of it. */
export const createTrust = (secrets: readonly string[] = ['a secret of all']): Trust => ({
  secrets,
  leaseSecret: 'a secret of the account',
  isContent: (_, content) => typeof (content as { status?: unknown } | null)?.status === 'string',
  redact: (text) => text.replaceAll('hidden', '[redacted]'),
});
