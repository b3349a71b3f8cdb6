import { expect, test } from '@jest/globals';
import { configureProviders } from '../../src/app/accounts.ts';
import { createEnvironment } from '../../src/app/config.ts';
import type { FetchTask } from '../../src/domain/provider.ts';
import { providers } from '../../src/providers/index.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const clock = createFakeClock();

/** The account of a provider that takes two credentials, of which only the first is no secret. */
const open = (keyId: string, secret: string) => {
  const [provider] = providers;
  if (!provider) throw new Error('There is no provider.');
  const opened = {
    ...provider,
    open: (environment: Parameters<typeof provider.open>[0]) =>
      environment.credentials('KEY_ID', 'SECRET') && ((() => Promise.resolve(null)) as FetchTask),
  };
  const environment = createEnvironment({ KEY_ID: keyId, SECRET: secret });
  const [configured] = configureProviders([opened], environment, clock);
  if (!configured?.account) throw new Error('It has no account.');
  return configured.account;
};

test('replicas of one account agree on its name and its lease, and with other secrets on nothing else', () => {
  const [one, same, rotated, other] = [open('a', 'b'), open('a', 'b'), open('a', 'c'), open('d', 'b')];
  const { fetchTask: _, fetchJobs: __, vendorClock: ___, ...shared } = one;
  expect(same).toMatchObject(shared);
  expect([rotated.name, rotated.leaseSecret]).toEqual([one.name, one.leaseSecret]);
  expect([rotated.sealSecret, rotated.fingerprint]).not.toContain(one.sealSecret);
  expect([rotated.fingerprint]).not.toContain(one.fingerprint);
  expect([other.name, other.leaseSecret, other.sealSecret]).not.toContain(one.name);
  expect([other.leaseSecret, other.sealSecret]).not.toContain(one.leaseSecret);
  // The name is public: it must not tell the others.
  expect(one.leaseSecret).not.toContain(one.name.split('-').at(-1));
});
