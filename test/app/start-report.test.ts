import { describe, expect, it } from '@jest/globals';
import { createApplication } from '../../src/app/application.ts';
import { credentialsOf } from '../settings.ts';

/** What a process says of itself when it starts. */

const secret = 'sixteen-letters.';
const production = { NODE_ENV: 'production', ROUTER_SECRETS: secret, ...credentialsOf('zego') };

const reportOf = async (variables: Readonly<Record<string, string>>) => {
  const { report, server } = await createApplication({
    LOG_LEVEL: 'silent',
    GRAPHIQL: 'false',
    ...variables,
  });
  await server.close();
  return report;
};

describe('the report of a start', () => {
  it('says what is configured, and shows no secret', async () => {
    const { configuration } = await reportOf({ ...production, REPLICAS: '3', ZEGO_QPS: '7' });
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

  it('warns of nothing in a production that is safe, nor on this machine alone', async () => {
    expect((await reportOf(production)).warnings).toEqual([]);
    expect((await reportOf(credentialsOf('zego'))).warnings).toEqual([]);
  });

  it.each<[RegExp, Record<string, string>]>([
    [/No provider has credentials/, { ZEGO_APP_ID: '', ZEGO_SERVER_SECRET: '' }],
    [/set ROUTER_SECRETS/, { ROUTER_SECRETS: '', ALLOW_PUBLIC: 'true' }],
    [/GRAPHIQL=false/, { GRAPHIQL: 'true' }],
    [/INTROSPECTION=false/, { INTROSPECTION: 'true' }],
    [/REPLICAS is 3 without REDIS_URL/, { REPLICAS: '3' }],
    [/plain text: use rediss/, { REDIS_URL: 'redis://:password@redis.example:6379/0' }],
    [/plain text: use rediss/, { REDIS_URL: 'redis-sentinel://127.0.0.1,10.0.0.1/main' }],
  ])('warns with %s, and of nothing else, for %j', async (warning, variables) => {
    const { warnings } = await reportOf({ ...production, ...variables });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('warns of what is meant for this machine alone where others reach it', async () => {
    const { warnings } = await reportOf({
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
    async (REDIS_URL) => {
      expect((await reportOf({ ...production, REDIS_URL })).warnings).toEqual([]);
    },
  );
});
