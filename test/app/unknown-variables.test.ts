import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { findUnknownVariables } from '../../src/app/unknown-variables.ts';

/** Variables that are set but not read: probably a mistake when they look like ours, and else not reported. */

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const known = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name));

describe('a variable that is not read', () => {
  test.each([
    ['ZEGO_SERVER_SECRTE', 'ZEGO_SERVER_SECRET'],
    ['ZEGO_APPID', 'ZEGO_APP_ID'],
    ['VOLCENGINE_ACESS_KEY', 'VOLCENGINE_ACCESS_KEY'],
    ['MAX_ID_PER_QUERY', 'MAX_IDS_PER_QUERY'],
    ['REDIS_URI', 'REDIS_URL'],
    ['redis_url', 'REDIS_URL'],
    ['REPLICA', 'REPLICAS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ])('%s is reported with %s, which was probably meant', (name, meant) => {
    expect(findUnknownVariables([name], known)).toEqual([
      `${name} is not a variable of this program: did you mean ${meant}?`,
    ]);
  });

  test('with the prefix of a provider is reported with the existing names', () => {
    expect(findUnknownVariables(['ZEGO_TOKEN'], known)).toEqual([
      'ZEGO_TOKEN is not a variable of this program: those with ZEGO_ are ZEGO_APP_ID, ZEGO_ENDPOINT, ZEGO_QPS, ZEGO_SERVER_SECRET.',
    ]);
  });

  test.each([
    'PATH',
    'HOSTS',
    'POST',
    'HOSTNAME',
    'SUPPORT',
    'REDIS_SERVICE_HOST',
    'REDIS_PASSWORD',
    'LOG_FORMAT',
    'ALIBABA_CLOUD_PROFILE',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'npm_config_loglevel',
    'METRICS_PORT',
    'FAST_LANE_BYTES',
    'ALLOWED_ORIGINS',
  ])('%s belongs to others, and is not reported', (name) => {
    expect(findUnknownVariables([name], known)).toEqual([]);
  });
});

test('a variable that is read is never reported', () => {
  expect(findUnknownVariables(known, known)).toEqual([]);
});
