import { describe, expect, test } from '@jest/globals';
import { ConfigError, createEnvironment, readQuota, toQuotaVariable } from '../../src/app/config.ts';
import { providers } from '../../src/providers/index.ts';
import { allCredentials, endpoints, faultsOf, readAll } from '../settings.ts';

describe('an environment without any variable', () => {
  test('is valid, and gives the documented defaults', () => {
    const { settings, quotas, faults, configured } = readAll({});
    expect(faults).toEqual([]);
    expect(configured).toEqual([]);
    expect(settings).toEqual({
      port: 4000,
      metricsPort: undefined,
      isProduction: false,
      host: '127.0.0.1',
      logLevel: 'info',
      graphiql: true,
      introspection: true,
      fastLaneBytes: 128_000_000,
      maxIdsPerQuery: 200,
      maxRepresentations: 1_000,
      lookupDeadlineMs: 5_000,
      redis: undefined,
      replicas: 1,
      routerSecrets: [],
      allowedOrigins: [],
    });
    expect(quotas).toEqual(Object.fromEntries(providers.map(({ name, quota }) => [name, quota])));
  });

  test('is the same as one whose variables are all empty or blank', () => {
    const names = [...endpoints, ...Object.keys(allCredentials), 'PORT', 'HOST', 'LOG_LEVEL'];
    const others = [
      'NODE_ENV',
      'GRAPHIQL',
      'ROUTER_SECRETS',
      'VISIONULAR_AUTH',
      'ZEGO_QPS',
      'VOLCENGINE_REGION',
    ];
    for (const blank of ['', ' ', '\t\r\n', undefined]) {
      const variables = Object.fromEntries([...names, ...others].map((name) => [name, blank]));
      expect(readAll(variables)).toEqual(readAll({}));
    }
  });
});

describe('the server', () => {
  test('in production disables GraphiQL and introspection by default', () => {
    expect(readAll({ NODE_ENV: 'production', ALLOW_PUBLIC: 'true' }).settings).toMatchObject({
      graphiql: false,
      introspection: false,
    });
    const production = { NODE_ENV: 'production', GRAPHIQL: 'true', INTROSPECTION: 'TRUE' };
    expect(readAll(production).settings).toMatchObject({ graphiql: true, introspection: true });
    expect(readAll({ GRAPHIQL: 'false' }).settings).toMatchObject({ graphiql: false, introspection: true });
  });

  test('takes every setting from its variable, without surrounding spaces', () => {
    const variables = {
      PORT: ' 0 ',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'DEBUG',
      MAX_IDS_PER_QUERY: '10000',
      MAX_REPRESENTATIONS: '1',
      LOOKUP_DEADLINE_MS: '100',
      REDIS_URL: 'rediss://:s3cr3t@h:6380/1',
      REPLICAS: '4',
      ROUTER_SECRETS: ' new-secret, ,old-secret,',
    };
    expect(readAll(variables).settings).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      logLevel: 'debug',
      maxIdsPerQuery: 10_000,
      maxRepresentations: 1,
      lookupDeadlineMs: 100,
      redis: { url: 'rediss://:s3cr3t@h:6380/1' },
      replicas: 4,
      routerSecrets: ['new-secret', 'old-secret'],
    });
  });

  test.each(['-1', '65536', '80.5', '1e3', '0x50', '+80', '４０００', 'http', '8 0', '9'.repeat(400)])(
    'refuses the port %j with the valid range',
    (PORT) => {
      expect(faultsOf({ PORT })).toEqual(['PORT must be a whole number from 0 to 65535.']);
    },
  );

  test.each([
    ['LOG_LEVEL', 'loud', 'must be one of info, trace, debug, warn, error, fatal, silent.'],
    ['GRAPHIQL', 'yes', 'must be one of true, false.'],
    ['NODE_ENV', 'prod', 'must be one of development, test, production.'],
    ['MAX_IDS_PER_QUERY', '0', 'must be a whole number from 1 to 10000.'],
    ['MAX_REPRESENTATIONS', '10001', 'must be a whole number from 1 to 10000.'],
    ['LOOKUP_DEADLINE_MS', '99', 'must be a whole number from 100 to 60000.'],
    ['REPLICAS', '0', 'must be a whole number from 1 to 1000.'],
    [
      'REDIS_URL',
      '127.0.0.1:6379',
      'must be a redis, rediss, redis-sentinel or unix address, or several with commas between.',
    ],
    [
      'REDIS_URL',
      'http://h',
      'must be a redis, rediss, redis-sentinel or unix address, or several with commas between.',
    ],
    ['VISIONULAR_AUTH', 'v2', 'must be one of basic, v1.'],
    ['VISIONULAR_V1_TRAILING_NEWLINE', '1', 'must be one of false, true.'],
  ])('refuses %s=%s', (name, value, problem) => {
    expect(faultsOf({ [name]: value })).toEqual([`${name} ${problem}`]);
  });

  test('refuses a list of router secrets that is empty, instead of accepting every caller', () => {
    expect(faultsOf({ ROUTER_SECRETS: ' , ,' })).toEqual([expect.stringMatching(/^ROUTER_SECRETS /)]);
  });
});

describe('a quota', () => {
  test.each(providers.map(({ name }) => name))("of %s can be the account's own", (name) => {
    const { quotas, faults } = readAll({ [toQuotaVariable(name)]: '37' });
    expect(quotas).toEqual({ ...readAll({}).quotas, [name]: { calls: 37, perMs: 1_000 } });
    expect(faults).toEqual([]);
  });

  test.each(['0', '-1', '1.5', 'unlimited', '10001'])('of %j calls a second is refused', (ZEGO_QPS) => {
    expect(faultsOf({ ZEGO_QPS })).toEqual(['ZEGO_QPS must be a whole number from 1 to 10000.']);
  });

  test('of calls over a longer span than a second can be overridden, too', () => {
    const provider = { name: 'zego', quota: { calls: 600, perMs: 60_000 } } as const;
    expect(readQuota(createEnvironment({}), provider)).toEqual({ calls: 600, perMs: 60_000 });
    expect(readQuota(createEnvironment({ ZEGO_QPS: '5' }), provider)).toEqual({ calls: 5, perMs: 1_000 });
  });
});

describe('all faults', () => {
  const secrets = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 's3cr3t-1',
    ALIBABA_CLOUD_SECURITY_TOKEN: 's3cr3t-2',
    VISIONULAR_SECRET_KEY: 's3cr3t-3',
    VOLCENGINE_ACCESS_KEY: 's3cr3t-4',
    VOLCENGINE_SESSION_TOKEN: 's3cr3t-5',
    ZEGO_APP_ID: 's3cr3t-6',
    ROUTER_SECRETS: 's3cr3t-7,s3cr3t-8',
    REDIS_URL: 's3cr3t-9',
  };
  const wrong = {
    ...secrets,
    PORT: 's3cr3t',
    LOG_LEVEL: 's3cr3t',
    ZEGO_QPS: 's3cr3t',
    ALIYUN_VOD_ENDPOINT: 'https://user:s3cr3t@h',
    VISIONULAR_ENDPOINT: 'https://h/?key=s3cr3t',
    VISIONULAR_AUTH: 's3cr3t',
    VOLCENGINE_RTC_ENDPOINT: 's3cr3t',
  };

  test('are reported together, each once, without the values', () => {
    const { faults } = readAll(wrong);
    const named = faults.map((fault) => fault.split(' ')[0]).sort();
    expect(named).toEqual(
      [
        'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
        'ALIYUN_VOD_ENDPOINT',
        'LOG_LEVEL',
        'PORT',
        'REDIS_URL',
        'VISIONULAR_ACCESS_KEY',
        'VISIONULAR_AUTH',
        'VISIONULAR_ENDPOINT',
        'VOLCENGINE_RTC_ENDPOINT',
        'VOLCENGINE_SECRET_KEY',
        'ZEGO_APP_ID',
        'ZEGO_QPS',
        'ZEGO_SERVER_SECRET',
      ].sort(),
    );
    expect(faults.join('\n')).not.toContain('s3cr3t');
  });

  test('are lines of one message', () => {
    const { message } = new ConfigError(['PORT is odd.', 'HOST is even.']);
    expect(message).toBe('Invalid configuration:\n  - PORT is odd.\n  - HOST is even.');
  });

  test('do not keep the secrets that were read from being redacted', () => {
    expect([...readAll(wrong).handedOut].sort()).toEqual(Object.values(secrets).join().split(',').sort());
  });
});

describe('a variable that looks like one of ours', () => {
  test('is reported when neither the server nor a provider reads it', () => {
    expect(readAll({ ZEGO_SERVER_SECRTE: 's3cr3t' }).unknown).toEqual([
      'ZEGO_SERVER_SECRTE is not a variable of this program: did you mean ZEGO_SERVER_SECRET?',
    ]);
  });

  test('is not reported when one of them does, whatever else is missing', () => {
    const names = [...endpoints, 'VISIONULAR_V1_TRAILING_NEWLINE', 'ZEGO_QPS', 'PORT'];
    expect(readAll(Object.fromEntries(names.map((name) => [name, '']))).unknown).toEqual([]);
  });
});
