import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/redis.ts';
import { between, wallNow } from './support/arrivals.ts';
import { countAnswered, countProblems, expectInTime, expectNoViolations, report } from './support/checks.ts';
import { demandOf } from './support/demand.ts';
import { type Deployment, findOwner, openDeployment, warmUp } from './support/deployment.ts';
import { askOne, createAgent, post } from './support/graph.ts';
import { ask, askAll, newId, newIds, runStreams, type Stream } from './support/load.ts';
import { sendPipelined } from './support/pipelining.ts';
import { checkReply } from './support/replies.ts';
import { sleep, until } from './support/time.ts';
import { subscribe } from './support/updates.ts';

/** The time of day of the third is wrong; a fourth, which comes later, waits less long than the others. */
const impatientMs = 2_500;
const aheadMs = 30_000;
const variables = (n: number): Readonly<Record<string, string>> => {
  const preload = join(import.meta.dirname, 'support/shifted-date.ts');
  if (n === 3) return { LOOKUP_DEADLINE_MS: String(impatientMs) };
  return n === 2 ? { NODE_OPTIONS: `--import=${preload}`, DATE_AHEAD_MS: String(aheadMs) } : {};
};

describeWithRedis('Three replicas', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await openDeployment({ replicas: 3, deadlineMs: 5_000, variables });
    await warmUp(deployment);
  });
  afterEach(() => deployment.vendors.endFaults());
  afterAll(() => deployment?.close());

  test('make one call for one cold task that 9,999 callers ask for at once', async () => {
    const { vendors, urls } = deployment;
    const provider = 'volcengine-webcast';
    await vendors.switchFault(provider, { fault: 'slow', ms: 1_500 });
    await vendors.resetStats();
    const operation = askOne(newId(provider));
    const startedAt = performance.now();
    const connections = Array.from({ length: 99 }, (_, n) =>
      sendPipelined(urls[n % 3] ?? '', operation, 101),
    );
    const replies = (await Promise.all(connections)).flat().map(checkReply);
    const calls = (await vendors.arrivals())[provider]?.length;
    report(`${replies.length} answers in ${(performance.now() - startedAt).toFixed(0)} ms, ${calls} calls`);
    const violations = new Set(replies.flatMap((reply) => reply.violations));
    expect([...violations].slice(0, 5)).toEqual([]);
    const problems = replies.flatMap(({ tasks }) => tasks).filter(({ problem }) => problem !== null);
    expect([replies.length, calls, problems.length]).toEqual([9_999, 1, 0]);
    await expectNoViolations(deployment, []);
  });

  test('make one call for the jobs that all three are asked for at once', async () => {
    const { vendors, urls } = deployment;
    const provider = 'aliyun-vod';
    await vendors.switchFault(provider, { fault: 'slow', ms: 500 });
    await vendors.resetStats();
    const query = `query ($ids: [ID!]!) { aliyunTranscodeJobs(transcodeJobIds: $ids) { status problem { code } } }`;
    const operation = { query, variables: { ids: ['done-1-job-1', 'done-1-job-2'] } };
    const agent = createAgent();
    const replies = await Promise.all(urls.map((url) => post(agent, url, operation)));
    agent.destroy();
    const succeeded = { status: 'SUCCEEDED', problem: null };
    for (const { text } of replies) {
      expect(JSON.parse(text)).toEqual({ data: { aliyunTranscodeJobs: [succeeded, succeeded] } });
    }
    expect((await vendors.arrivals())[provider]).toHaveLength(1);
  });

  test('show a change that was fetched for one of them to a subscriber at another soon after', async () => {
    const { vendors, replicas, urls } = deployment;
    const provider = 'volcengine-whiteboard';
    const { index } = findOwner(deployment, provider);
    const [subscriber, asker] = replicas.map((_, n) => n).filter((n) => n !== index);
    const id = newId(provider);
    await ask(urls[asker ?? 0] ?? '', askOne(id));
    const subscription = await subscribe(urls[subscriber ?? 0] ?? '', id);
    await until(() => subscription.updates.length > 0);
    await vendors.resetStats();
    // The asker polls, so that the answers are wanted by it, too; the vendor's task changes within seconds.
    await until(
      async () => {
        await ask(urls[asker ?? 0] ?? '', askOne(id));
        return subscription.updates.length >= 3;
      },
      { withinMs: 15_000, everyMs: 50, what: 'the subscriber has heard of two changes' },
    );
    subscription.close();
    const calls = (await vendors.arrivals())[provider] ?? [];
    const latenessMs = subscription.updates.slice(1, 3).map(({ at }) => {
      const call = calls.findLast(({ seenAt }) => seenAt <= at);
      return at - (call?.seenAt ?? Number.NEGATIVE_INFINITY);
    });
    report(
      `${latenessMs.map((ms) => ms.toFixed(0)).join(', ')} ms after the vendor was asked; ${calls.length} calls`,
    );
    // A replica that had to ask by itself would do so when its own answer is two seconds old.
    expect(Math.max(...latenessMs)).toBeLessThan(1_000);
  });

  test('pause the account everywhere when the vendor answers one of them with Retry-After', async () => {
    const { vendors, urls } = deployment;
    const provider = 'zego';
    await vendors.switchFault(provider, { fault: 'too-many-requests', retryAfter: 3 });
    await vendors.resetStats();
    const first = await ask(urls[0] ?? '', askOne(newId(provider)));
    expect((await vendors.stats())[provider].faulted).toBeGreaterThan(0);
    // Whoever was asked, the answer comes from the owner, which has learnt of the pause by then.
    const knownAt = wallNow();
    const samples = [first, ...(await runStreams(urls, [demandOf(provider, 1.5)], sleep(1_000)))];
    const calls = (await vendors.arrivals())[provider] ?? [];
    const paused = between(calls, knownAt, (calls[0]?.seenAt ?? 0) + 2_900);
    report(
      `${calls.length} calls, ${paused.length} of them in the pause; ${JSON.stringify(countProblems(samples, provider))}`,
    );
    await expectNoViolations(deployment, samples);
    expect(paused.length).toBe(0);
  });

  test('give each caller the same share of the permits, however long each is ready to wait', async () => {
    await deployment.addReplica();
    const { urls } = deployment;
    const { vendors } = deployment;
    await vendors.resetStats();
    const askedBy = new Map<string, number>();
    const streamOf = (caller: number): Stream => {
      const demand = demandOf('visionular', 0.55);
      return {
        ...demand,
        ask: (at) => {
          const operation = demand.ask(at);
          const { id } = operation.variables as { id: string };
          askedBy.set(id.slice(id.indexOf(':') + 1), caller);
          return { ...operation, caller: `caller ${caller}` };
        },
      };
    };
    const startedAt = wallNow();
    const samples = await Promise.all(urls.map((url, n) => runStreams([url], [streamOf(n)], sleep(6_000))));
    // Who comes first has the first permits: shares are those of all who wait.
    const calls = between((await vendors.arrivals()).visionular ?? [], startedAt + 1_500, startedAt + 6_000);
    const permits = urls.map((_, n) => calls.filter(({ task = '' }) => askedBy.get(task) === n).length);
    const longestMs = Math.max(...samples.flat().map(({ ms }) => ms));
    report(
      `${permits.join(', ')} calls, ${samples.map(countAnswered).join(', ')} answered; the longest waited for ${longestMs.toFixed(0)} ms`,
    );
    await expectNoViolations(deployment, samples.flat());
    // The queue is longer than the impatient one waits.
    expect(longestMs).toBeGreaterThan(impatientMs + 500);
    expect(Math.min(...permits)).toBeGreaterThanOrEqual(Math.max(...permits) - 2);
    expect(countAnswered(samples[3] ?? [])).toBeGreaterThan(0);
  });

  test('agree on how old an answer is, though the time of day of one is wrong: each shows its own', async () => {
    const { urls, vendors } = deployment;
    const provider = 'volcengine-webcast';
    await vendors.resetStats();
    const ids = newIds(provider, 12);
    const aheadBy: number[][] = [];
    for (const [round, id] of ids.entries()) {
      // Asked first at another one each time: the others read it from Redis, or were sent it.
      const order = urls.map((_, n) => (round + n) % urls.length);
      for (const n of order) {
        const { tasks } = await ask(urls[n] ?? '', askOne(id));
        expect(tasks).toMatchObject([{ problem: null, stale: false }]);
        aheadBy[n] = [...(aheadBy[n] ?? []), Date.parse(tasks[0]?.fetchedAt ?? '') - Date.now()];
      }
    }
    const calls = (await vendors.arrivals())[provider] ?? [];
    report(
      `${calls.length} calls; ${aheadBy.map((each) => Math.max(...each).toFixed(0)).join(', ')} ms ahead`,
    );
    expect(calls).toHaveLength(ids.length);
    for (const [n, each] of aheadBy.entries()) {
      const own = n === 2 ? aheadMs : 0;
      expect(Math.max(...each)).toBeLessThanOrEqual(own + 50);
      expect(Math.min(...each)).toBeGreaterThan(own - 3_000);
    }
  });

  test('try wrong credentials once in a minute, however many ask', async () => {
    const { vendors, urls } = deployment;
    const provider = 'aliyun-vod';
    await vendors.switchFault(provider, 'wrong-credentials');
    await vendors.resetStats();
    // As many as each of these can wait for: the vendor may take a moment to refuse the first.
    const first = await askAll(urls.slice(0, 3), newIds(provider, 45).map(askOne));
    const later = await runStreams(urls, [demandOf(provider, 1)], sleep(1_500));
    const { faulted } = (await vendors.stats())[provider];
    const problems = countProblems([...first, ...later], provider);
    report(`${faulted} calls; ${JSON.stringify(problems)}`);
    await expectNoViolations(deployment, [...first, ...later]);
    expectInTime(deployment, [...first, ...later]);
    expect(faulted).toBe(1);
    expect(Object.keys(problems)).toEqual(['ACCESS_DENIED']);
  });
});
