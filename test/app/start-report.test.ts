import { describe, expect, it } from '@jest/globals';
import { configureProviders } from '../../src/app/accounts.ts';
import { createEnvironment, readSettings } from '../../src/app/config.ts';
import { readRedisSettings } from '../../src/app/redis-settings.ts';
import { createStartReport, type StartReport } from '../../src/app/start-report.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { providers } from '../../src/providers/index.ts';
import { credentialsOf } from '../settings.ts';

/** What a process says of itself when it starts. */

const secret = 'sixteen-letters.';
const production = { NODE_ENV: 'production', ROUTER_SECRETS: secret, ...credentialsOf('zego') };

/** No application is opened for it, which would look for Redis at the addresses below. */
const reportOf = (variables: Readonly<Record<string, string>>): StartReport => {
  const environment = createEnvironment({ GRAPHIQL: 'false', ...variables });
  const report = createStartReport({
    settings: readSettings(environment),
    providers: configureProviders(providers, environment, systemClock),
    redisUrl: readRedisSettings(environment)?.url,
    plaintext: environment.plaintext,
  });
  expect([...environment.faults]).toEqual([]);
  return report;
};

describe('the report of a start', () => {
  it('says what is configured, and shows no secret', () => {
    const { configuration } = reportOf({ ...production, REPLICAS: '3', ZEGO_QPS: '7' });
    expect(configuration).toMatchObject({
      configured: ['zego'],
      quotas: { zego: '7 in 1000 ms' },
      redis: false,
      replicas: 3,
      production: true,
      routerSecrets: 1,
      graphiql: false,
      introspection: false,
      lookupDeadlineMs: 5_000,
    });
    const text = JSON.stringify(configuration);
    for (const value of [secret, ...Object.values(credentialsOf('zego'))]) expect(text).not.toContain(value);
  });

  it('warns of nothing in a production that is safe, nor on this machine alone', () => {
    expect(reportOf(production).warnings).toEqual([]);
    expect(reportOf(credentialsOf('zego')).warnings).toEqual([]);
  });

  it.each<[RegExp, Record<string, string>]>([
    [/No provider has credentials/, { ZEGO_APP_ID: '', ZEGO_SERVER_SECRET: '' }],
    [/set ROUTER_SECRETS/, { ROUTER_SECRETS: '', ALLOW_PUBLIC: 'true' }],
    [/GRAPHIQL=false/, { GRAPHIQL: 'true' }],
    [/INTROSPECTION=false/, { INTROSPECTION: 'true' }],
    [/REPLICAS is 3 without REDIS_URL/, { REPLICAS: '3' }],
    [/plain text: use rediss/, { REDIS_URL: 'redis://:password@redis.example:6379/0' }],
    [/plain text: use rediss/, { REDIS_URL: 'redis-sentinel://127.0.0.1,10.0.0.1/main' }],
  ])('warns with %s, and of nothing else, for %j', (warning, variables) => {
    const { warnings } = reportOf({ ...production, ...variables });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('warns of what is meant for this machine alone where others reach it', () => {
    const { warnings } = reportOf({
      ...credentialsOf('zego'),
      HOST: '0.0.0.0',
      ROUTER_SECRETS: 'short',
      INTROSPECTION: 'false',
      ZEGO_ENDPOINT: 'http://vendor.example.com',
    });
    expect(warnings).toEqual([
      expect.stringMatching(/shorter than 16 characters/),
      expect.stringMatching(/NODE_ENV is not production/),
      expect.stringMatching(/^ZEGO_ENDPOINT is plain http/),
    ]);
  });

  it.each(['rediss://redis.example', 'redis://127.0.0.1:6379', 'redis://localhost', 'unix:/run/redis.sock'])(
    'finds %s safe',
    (REDIS_URL) => {
      expect(reportOf({ ...production, REDIS_URL }).warnings).toEqual([]);
    },
  );
});
