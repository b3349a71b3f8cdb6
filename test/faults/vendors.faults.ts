import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultSetting, ProviderName } from '../../sandbox/index.ts';
import { countProblems, expectInTime, expectNoViolations, expectRecovery, report } from './support/checks.ts';
import { forgetPeak, readMemory } from './support/children.ts';
import { type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import { askOne, askPage } from './support/graph.ts';
import { ask, askAll, finalIds, newId, newIds } from './support/load.ts';
import { compareHealthy, runSideBySide } from './support/side-by-side.ts';

/**
 * What only a real process can show of a failing vendor: that the users of the others do not wait, how much memory it
 * takes, and that the process lives and writes nothing to stderr. Which failure has which code is tested by the
 * conformance suite of each provider, connections and bodies in `test/vendor-http/`, breaker and retry in `test/owner/`.
 */

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment();
  await warmUp(deployment);
});
afterEach(() => deployment.vendors.endFaults());
afterAll(() => deployment?.close());

const setFault = async (provider: ProviderName, setting: FaultSetting): Promise<void> => {
  await deployment.vendors.resetStats();
  await deployment.vendors.switchFault(provider, setting);
};

describe('While one vendor', () => {
  let control: Deployment;
  beforeAll(async () => {
    control = await openDeployment();
    await warmUp(control);
  });
  afterAll(() => control?.close());

  test.each<[string, ProviderName, FaultSetting, readonly string[]]>([
    ['answers 5xx', 'zego', { fault: 'error' }, ['UNAVAILABLE']],
    [
      'refuses with Retry-After',
      'aliyun-vod',
      { fault: 'too-many-requests', retryAfter: 1 },
      ['RATE_LIMITED', 'TIMEOUT'],
    ],
    ['does not answer', 'visionular', { fault: 'hang' }, ['TIMEOUT', 'UNAVAILABLE', 'RATE_LIMITED']],
    ['resets connections', 'volcengine-webcast', { fault: 'down' }, ['UNAVAILABLE']],
    [
      'answers a gzip bomb',
      'volcengine-whiteboard',
      { fault: 'gzip-bomb' },
      ['BAD_RESPONSE', 'RATE_LIMITED'],
    ],
  ])('%s, the users of the others do not wait, and it recovers', async (_what, failing, setting, codes) => {
    const { vendors } = deployment;
    await setFault(failing, setting);
    const compared = await runSideBySide(deployment, control, failing, 1_600);
    const { faulted } = (await vendors.stats())[failing];
    await vendors.endFaults();
    const { affected, healthy } = compared;
    const problems = countProblems(affected, failing);
    const recoveredMs = await expectRecovery(deployment, failing, 20_000);
    const { isDelayed, figures } = compareHealthy(compared);
    report(
      `${figures}; ${faulted} calls failed; ${JSON.stringify(problems)}; back after ${recoveredMs.toFixed(0)} ms`,
    );
    await expectNoViolations(deployment, [...affected, ...healthy]);
    expect(faulted).toBeGreaterThan(0);
    // Its final tasks are shown from memory.
    expect(['none', ...codes]).toEqual(expect.arrayContaining(Object.keys(problems)));
    const others = healthy.flatMap(({ tasks }) => tasks).filter(({ problem }) => problem !== null);
    expect(others).toEqual([]);
    expect({ isDelayed, figures }).toEqual({ isDelayed: false, figures });
    expectInTime(deployment, affected);
  });
});

const megabyte = 2 ** 20;

describe('A replica', () => {
  test.each<[string, ProviderName, FaultSetting]>([
    ['100 MB', 'zego', { fault: 'huge' }],
    ['a gzip bomb', 'aliyun-vod', { fault: 'gzip-bomb' }],
  ])('takes less than 100 MB more for ten replies of %s at once', async (_what, provider, setting) => {
    const { urls, vendors, replicas } = deployment;
    const pid = replicas[0]?.pid;
    await setFault(provider, setting);
    const before = readMemory(pid).resident;
    forgetPeak(pid);
    const samples = await askAll(urls, newIds(provider, 10).map(askOne));
    const grownMb = (readMemory(pid).peak - before) / megabyte;
    const { faulted } = (await vendors.stats())[provider];
    report(
      `+${grownMb.toFixed(1)} MB for ${faulted} replies; ${JSON.stringify(countProblems(samples, provider))}`,
    );
    await expectNoViolations(deployment, samples);
    expect(faulted).toBeGreaterThanOrEqual(5);
    expect(grownMb).toBeLessThan(100);
  });

  test.each<[string, ProviderName, FaultSetting]>([
    ['JSON 200,000 deep', 'volcengine-webcast', { fault: 'deep' }],
    ['half a reply and a reset', 'visionular', { fault: 'reset-mid-body' }],
    ['an answer about another task', 'zego', { fault: 'other-task' }],
    ['a body that is a list', 'volcengine-whiteboard', { fault: 'garbage', body: '[{}]' }],
    ['a body that is null', 'aliyun-vod', { fault: 'garbage', body: 'null' }],
  ])('shows the rest of the page beside %s, and lives', async (_what, provider, setting) => {
    const { urls, vendors } = deployment;
    await setFault(provider, setting);
    const others = Object.values(finalIds).flat();
    const id = newId(provider);
    const sample = await ask(urls[0] ?? '', askPage([...others, id]));
    expect((await vendors.arrivals())[provider]?.length).toBeGreaterThan(0);
    await expectNoViolations(deployment, [sample]);
    const withProblems = sample.tasks.filter(({ problem }) => problem !== null);
    expect(withProblems.map((task) => task.id)).toEqual([id]);
    expect(['BAD_RESPONSE', 'UNAVAILABLE']).toContain(withProblems[0]?.problem?.code);
  });
});
