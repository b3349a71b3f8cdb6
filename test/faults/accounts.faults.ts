import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { expectNoViolations, report } from './support/checks.ts';
import { type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { ask, askAll, newId, newIds } from './support/load.ts';
import { type OwnRedis, openRedis } from './support/redis.ts';
import { openVendors, type Vendors } from './support/sandbox.ts';
import { credentialVariables } from './support/test-credentials.ts';

/** What tells accounts apart, and what does not: several deployments on one Redis that ask the same vendors. */
describeWithRedis('On one Redis', () => {
  let redis: OwnRedis;
  let vendors: Vendors;
  const deployments: Deployment[] = [];
  beforeAll(async () => {
    [redis, vendors] = await Promise.all([openRedis(), openVendors()]);
  });
  afterEach(async () => {
    for (const deployment of deployments.splice(0)) await deployment.close();
    await vendors.resetStats();
    // The leases of the replicas that were killed above.
    await redis.command('FLUSHALL');
  });
  afterAll(async () => {
    await redis?.close();
    await vendors?.close();
  });

  const open = async (variables: (n: number) => Readonly<Record<string, string>>, replicas = 1) => {
    const deployment = await openDeployment({ replicas, redis, vendors, deadlineMs: 3_000, variables });
    deployments.push(deployment);
    return deployment;
  };
  const findProblems = async (deployment: Deployment, ids: readonly string[]) => {
    const samples = await askAll(deployment.urls, ids.map(askOne));
    await expectNoViolations(deployment, samples);
    return samples.flatMap(({ tasks }) => tasks).map(({ problem }) => problem?.code ?? 'none');
  };

  test('deployments with different credentials see nothing of each other, not even that they are refused', async () => {
    const permanent = vendors.environment;
    const toOther = (secret: string) => () => ({
      ALIBABA_CLOUD_ACCESS_KEY_ID: permanent.ALIBABA_CLOUD_ACCESS_KEY_ID ?? '',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
      ALIBABA_CLOUD_SECURITY_TOKEN: '',
    });
    const [one, other, refused] = await Promise.all([
      open(() => ({})),
      open(toOther(permanent.ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? '')),
      open(() => ({ ...toOther('wrong')(), ALIBABA_CLOUD_ACCESS_KEY_ID: 'somebody-else' })),
    ]);
    const ids = newIds('aliyun-vod', 2);
    expect(await findProblems(refused, ids)).toEqual(['ACCESS_DENIED', 'ACCESS_DENIED']);
    expect(await findProblems(one, ids)).toEqual(['none', 'none']);
    expect(await findProblems(other, ids)).toEqual(['none', 'none']);
    // One call of the refused deployment, and two of each of the others: neither has read the other's answers.
    expect((await vendors.arrivals())['aliyun-vod']).toHaveLength(5);
    expect(await redis.command('KEYS', 'media-tasks:lease:{aliyun-vod-*}')).toHaveLength(3);
  });

  test('a replica with a wrong secret hands the account to the one with the right secret, which goes on', async () => {
    const provider = 'zego';
    // Whoever starts first owns the account: the one with the wrong secret.
    const wrong = await open(() => ({
      ZEGO_SERVER_SECRET: 'wrong-secret-of-the-same-length-',
      REPLICAS: '2',
    }));
    await ask(wrong.urls[0] ?? '', askOne(newId(provider)));
    const refusedCalls = (await vendors.stats())[provider].refused;
    const right = await open(() => ({ REPLICAS: '2' }));
    await warmUp(right, 5);
    const problems: string[] = [];
    const startedAt = performance.now();
    while (performance.now() - startedAt < 5_000)
      problems.push(...(await findProblems(right, newIds(provider, 2))));
    const refusals = Object.values((await vendors.stats())[provider].refused).reduce(
      (sum, count) => sum + count,
      0,
    );
    const denied = problems.filter((code) => code === 'ACCESS_DENIED').length;
    report(
      `${JSON.stringify(refusedCalls)}; ${refusals} calls refused; ${denied} of ${problems.length} answers denied; last ${problems.slice(-5)}`,
    );
    expect(Object.keys(refusedCalls)).not.toEqual([]);
    expect(refusals).toBeLessThanOrEqual(2);
    expect(problems.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'none'));
    expect(await findProblems(wrong, newIds(provider, 3))).toEqual(['none', 'none', 'none']);
  });

  test('replicas with different database numbers share nothing', async () => {
    const provider = 'visionular';
    const wrong = { VISIONULAR_SECRET_KEY: 'wrong', REDIS_URL: `${redis.url}/3` };
    const [here, there] = await Promise.all([open(() => ({})), open(() => wrong)]);
    const ids = newIds(provider, 2);
    expect(await findProblems(there, ids)).toEqual(['ACCESS_DENIED', 'ACCESS_DENIED']);
    expect(await findProblems(here, ids)).toEqual(['none', 'none']);
    expect(await findProblems(there, ids)).toEqual(['ACCESS_DENIED', 'ACCESS_DENIED']);
    // Both own the account in their database: the one in the other was asked once, and refused.
    expect((await vendors.arrivals())[provider]).toHaveLength(3);
    expect(credentialVariables.VISIONULAR_SECRET_KEY).not.toBe(wrong.VISIONULAR_SECRET_KEY);
  });
});
