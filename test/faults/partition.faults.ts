import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { countAnswered, report } from './support/checks.ts';
import {
  countAlone,
  type Deployment,
  findInLog,
  findOwner,
  openDeployment,
  warmUp,
} from './support/deployment.ts';
import { sleep } from './support/time.ts';
import { runUnderDemand } from './support/under-demand.ts';

/** A replica makes calls by itself after 5.25 s without an owner. */
const cutMs = 7_500;
const beforeMs = 1_000;
const afterMs = 4_500;

describeWithRedis('Three replicas', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await openDeployment({ replicas: 3, proxied: true, deadlineMs: 1_500 });
    await warmUp(deployment);
  });
  afterAll(() => deployment?.close());

  test.each([
    ['one that owns no account is', 'silent', (owner: number) => [(owner + 1) % 3]],
    ['two, the owner among them, are', 'cut', (owner: number) => [owner, (owner + 1) % 3]],
  ] as const)(
    'exceed no quota and fail no request while %s cut off from Redis (%s), and work together afterwards',
    async (_what, kind, choose) => {
      const { replicas, proxies } = deployment;
      const cut = choose(findOwner(deployment, 'zego').index);
      const alone = () => cut.map((n) => (replicas[n] ? countAlone(replicas[n]) : 0));
      const before = alone();
      const back = (n: number) =>
        replicas[n] ? findInLog(replicas[n], 'This replica works with the others again', 'zego').length : 0;
      const backBefore = cut.map(back);
      const { samples, figures } = await runUnderDemand(deployment, {
        forMs: beforeMs + cutMs + afterMs,
        meanwhile: async () => {
          await sleep(beforeMs);
          for (const n of cut) proxies[n]?.setNetwork({ kind });
          await sleep(cutMs);
          for (const n of cut) proxies[n]?.setNetwork({ kind: 'open' });
        },
      });
      report(`${figures}; ${countAnswered(samples)} of ${samples.length} answered`);
      expect(alone()).toEqual(before.map((count) => count + 1));
      expect(cut.map(back)).toEqual(backBefore.map((count) => count + 1));
    },
  );
});
