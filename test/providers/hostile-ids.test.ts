import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphql } from 'graphql';
import { createEnvironment } from '../../src/app/config.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { Call, Key, Provider, Tools, VendorRequest } from '../../src/domain/provider.ts';
import { type TaskRef, toTaskRef } from '../../src/domain/task-id.ts';
import { createCachePolicy } from '../../src/graphql/cache-policy.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { toSignedQuery } from '../../src/providers/aliyun-vod/sign.ts';
import { providers } from '../../src/providers/index.ts';
import { toSignedHeaders } from '../../src/providers/volcengine/sign.ts';
import { allCredentials, credentialsOf } from '../settings.ts';
import { anyText } from '../support/any-text.ts';

const requests: VendorRequest[] = [];
beforeEach(() => {
  requests.length = 0;
});

const call: Call = {
  get: async ({ url, headers = {} }) => {
    requests.push({ url, headers });
    throw new LookupError('UNAVAILABLE', 'Only asked to see how.');
  },
};

const tools: Tools = {
  now: () => Date.parse('2026-01-02T03:04:05.678Z'),
  randomHex: (bytes) => 'af'.repeat(bytes),
};

/** Values that would add, change or end a parameter if they were not escaped. */
const injection = fc.constantFrom(
  ...'&=%+#?/:@;,*~!\'()"<>\\^`{|} ',
  ...[
    '\r\n',
    '\0',
    '\t',
    '&Action=X',
    '&TaskId=2',
    '%26a%3Db',
    '%',
    '..',
    '../',
    'é',
    '任务',
    '😀',
    '\u202e',
    '\ufeff',
  ],
);
const hostilePart = fc
  .array(fc.oneof(injection, anyText({ maxLength: 4 })), { minLength: 1, maxLength: 10 })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '');
const keyOf = (provider: Provider) =>
  fc
    .tuple(...provider.keyFields.map(({ oneOf }) => (oneOf ? fc.constantFrom(...oneOf) : hostilePart)))
    .map((parts) => Object.fromEntries(provider.keyFields.map(({ name }, index) => [name, parts[index]])));

const temporaryKeys = { ALIBABA_CLOUD_SECURITY_TOKEN: 'CAIS+/= *~', VOLCENGINE_SESSION_TOKEN: 'STS+/= *~' };
const open = (provider: Provider, variables: Readonly<Record<string, string>> = {}) => {
  const fetchTask = provider.open(createEnvironment({ ...allCredentials, ...variables }), tools);
  if (!fetchTask) throw new Error(`${provider.name} is not configured`);
  return fetchTask;
};

/** The one request that is made for a key. */
const callFor = async (provider: Provider, key: Key, variables?: Readonly<Record<string, string>>) => {
  requests.length = 0;
  const asking = open(provider, variables)(key, call);
  await expect(asking).rejects.toThrow('Only asked to see how.');
  expect(requests).toHaveLength(1);
  return requests[0] as VendorRequest;
};

const byName = new Map(providers.map((provider) => [provider.name, provider]));
const aliyunVod = byName.get('aliyun-vod') as Provider;
const webcast = byName.get('volcengine-webcast') as Provider;
const visionular = byName.get('visionular') as Provider;

describe('the signature covers what is sent', () => {
  test("in Aliyun's query, security token included", async () => {
    const property = fc.asyncProperty(keyOf(aliyunVod), async (values) => {
      const { url } = await callFor(aliyunVod, toTaskRef(aliyunVod, values).key, temporaryKeys);
      const { Signature, ...parameters } = Object.fromEntries(new URL(url).searchParams);
      expect(parameters).toMatchObject({ SecurityToken: 'CAIS+/= *~', Timestamp: '2026-01-02T03:04:05Z' });
      expect(new URL(url).search).toBe(
        `?${toSignedQuery('GET', parameters, credentialsOf('aliyun-vod').ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? '')}`,
      );
    });
    await fc.assert(property);
  });

  test("in Volcengine's headers, session token included", async () => {
    const property = fc.asyncProperty(keyOf(webcast), async (values) => {
      const { url, headers } = await callFor(webcast, toTaskRef(webcast, values).key, temporaryKeys);
      const { host, searchParams } = new URL(url);
      const query = Object.fromEntries(searchParams);
      const request = { host, query, region: 'cn-north-1', service: 'rtc', date: '20260102T030405Z' };
      const { VOLCENGINE_ACCESS_KEY: accessKey = '', VOLCENGINE_SECRET_KEY: secretKey = '' } = allCredentials;
      const keys = { accessKey, secretKey, sessionToken: 'STS+/= *~' };
      expect(headers).toEqual(toSignedHeaders(request, keys));
    });
    await fc.assert(property);
  });

  test("in Visionular's V1 header, which changes with the id", async () => {
    const authorizationOf = async (taskId: string) =>
      (await callFor(visionular, { taskId }, { VISIONULAR_AUTH: 'v1' })).headers?.authorization;
    expect(await authorizationOf('a')).toBe(await authorizationOf('a'));
    expect(await authorizationOf('a')).not.toBe(await authorizationOf('a&b=c'));
  });
});

describe('an id that is refused', () => {
  const schema = createSchema({
    providers,
    describeProviders: () => [],
    maxIdsPerQuery: 200,
    maxRepresentations: 1_000,
  });
  const load = async ({ provider, key }: TaskRef) => {
    await open(byName.get(provider) as Provider)(key, call);
    throw new Error('unreachable');
  };
  const noTurn = () => undefined;
  const execute = (source: string, variableValues: Record<string, unknown>) =>
    graphql({
      schema,
      source,
      variableValues,
      contextValue: {
        load,
        turn: noTurn,
        pause: noTurn,
        cachePolicy: createCachePolicy({ elapsed: () => 0 }),
      },
    });

  const wanted = '{ vendorStatus }';
  const byId = `query ($id: ID!) { mediaTask(id: $id) ${wanted} }`;
  const byReference = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on MediaTask ${wanted} } }`;
  const byKey = `query ($a: ID!, $r: ID!, $t: ID!) { webCastTask(appId: $a, roomId: $r, taskId: $t) ${wanted} }`;
  const refused = ['', '\ud800', 'a\udfffb', 'x'.repeat(513), 'x'.repeat(10_000)];

  test.each([
    ['that is good reaches the vendor this way', ['ok'], 3],
    ['never reaches a vendor, by whatever way it comes', refused, 0],
  ])('or one %s', async (_what, parts, callsEach) => {
    for (const part of parts) {
      requests.length = 0;
      const representation = { __typename: 'WebCastTask', appId: 'a', roomId: part, taskId: 't' };
      const answers = [
        await execute(byId, { id: `volcengine-webcast:a:${part}:t` }),
        await execute(byReference, { r: [representation] }),
        await execute(byKey, { a: 'a', r: part, t: 't' }),
      ];
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.code);
      expect(requests).toHaveLength(callsEach);
      expect(codes).toEqual(Array(3).fill(callsEach ? undefined : 'BAD_USER_INPUT'));
    }
  });
});
