import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { longestGapMs, wallNow } from './support/arrivals.ts';
import { expectNoViolations, report } from './support/checks.ts';
import { type Deployment, findInLog, findOwner, openDeployment, warmUp } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { ask, newId } from './support/load.ts';
import type { Replica } from './support/replica.ts';
import { sleep, until } from './support/time.ts';
import { runUnderDemand } from './support/under-demand.ts';

const provider = 'zego';

describeWithRedis('The owner of an account', () => {
  let deployment: Deployment;
  const ended: Replica[] = [];
  beforeAll(async () => {
    deployment = await openDeployment({ replicas: 3, deadlineMs: 3_000 });
    await warmUp(deployment);
  });
  afterAll(() => deployment?.close());

  const urlsBut = (replica: Replica): string[] =>
    deployment.replicas.filter((other) => other !== replica && !ended.includes(other)).map(({ url }) => url);

  // A call is written within a millisecond of the last look at the lease: a freeze in between, of which there is one chance
  // in some hundred, cannot be helped.
  test('that is frozen, for moments and then for 5 s, exceeds no quota when it goes on', async () => {
    const { owner } = findOwner(deployment, provider);
    const startedAt = wallNow();
    const { arrivals, figures } = await runUnderDemand(deployment, {
      forMs: 11_000,
      urls: urlsBut(owner),
      meanwhile: async () => {
        await sleep(1_000);
        for (const ms of [200, 200, 5_000]) {
          owner.signal('SIGSTOP');
          await sleep(ms);
          owner.signal('SIGCONT');
          await sleep(500);
        }
      },
    });
    const gapMs = longestGapMs(arrivals[provider] ?? [], startedAt + 500, startedAt + 10_000);
    report(`${figures}; the longest time without a call was ${gapMs.toFixed(0)} ms`);
    expect(findOwner(deployment, provider).owner).not.toBe(owner);
    expect(gapMs).toBeLessThanOrEqual(4_500);
  });

  test('that is killed is replaced within 4.5 s, and no request at the others fails', async () => {
    const { owner } = findOwner(deployment, provider);
    let killedAt = 0;
    const { arrivals, figures } = await runUnderDemand(deployment, {
      forMs: 7_500,
      urls: urlsBut(owner),
      mayHaveEnded: [...ended, owner],
      meanwhile: async () => {
        await sleep(1_000);
        ended.push(owner);
        await owner.kill();
        killedAt = wallNow();
      },
    });
    const gapMs = longestGapMs(arrivals[provider] ?? [], killedAt, killedAt + 6_000);
    report(`${figures}; the longest time without a call was ${gapMs.toFixed(0)} ms`);
    expect(findOwner(deployment, provider).owner).not.toBe(owner);
    expect(gapMs).toBeGreaterThan(1_000);
    expect(gapMs).toBeLessThanOrEqual(4_500);
    await deployment.addReplica();
  });

  test('that is shut down while its call takes longer than its shutdown loses nothing: the others get the answer', async () => {
    const { vendors } = deployment;
    // Nothing of the demand above is queued for this one.
    const provider = 'volcengine-webcast';
    const { owner } = findOwner(deployment, provider);
    const others = urlsBut(owner);
    // Longer than the server itself takes to shut down.
    await vendors.switchFault(provider, { fault: 'slow', ms: 2_200 });
    await vendors.resetStats();
    const id = newId(provider);
    const waiting = others.map((url) => ask(url, askOne(id)));
    await until(async () => (await vendors.stats())[provider].inFlight > 0);
    ended.push(owner);
    owner.signal('SIGTERM');
    const samples = await Promise.all(waiting);
    const calls = (await vendors.arrivals())[provider]?.length;
    await vendors.endFaults();
    report(`${calls} calls; ${samples.map(({ ms }) => ms.toFixed(0)).join(' and ')} ms`);
    await expectNoViolations(deployment, samples, { mayHaveEnded: ended });
    expect(samples.flatMap(({ tasks }) => tasks).map(({ problem }) => problem)).toEqual(
      samples.map(() => null),
    );
    expect(calls).toBe(1);
    expect(await owner.ended).toBe(0);
  });

  test('that is shut down under demand costs no time without calls', async () => {
    await deployment.addReplica();
    await warmUp({ urls: deployment.urls.slice(-1) }, 10);
    const { owner } = findOwner(deployment, provider);
    let stoppedAt = 0;
    const { arrivals, figures } = await runUnderDemand(deployment, {
      forMs: 4_000,
      urls: urlsBut(owner),
      mayHaveEnded: [...ended, owner],
      meanwhile: async () => {
        await sleep(1_000);
        ended.push(owner);
        stoppedAt = wallNow();
        owner.signal('SIGTERM');
      },
    });
    const gapMs = longestGapMs(arrivals[provider] ?? [], stoppedAt, stoppedAt + 2_800);
    report(`${figures}; the longest time without a call was ${gapMs.toFixed(0)} ms`);
    expect(await owner.ended).toBe(0);
    expect(
      findInLog(
        findOwner(deployment, provider).owner,
        "This replica makes the account's calls, handed",
        provider,
      ),
    ).toHaveLength(1);
    expect(gapMs).toBeLessThanOrEqual(600);
  });
});
