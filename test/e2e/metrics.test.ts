import { afterEach, describe, expect, it } from '@jest/globals';
import { createClientPool, updatesOf } from '../server/subscription-clients.ts';
import { samplesOf } from '../support/metrics.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** The metrics against what the sandbox's vendors and the clients of this test have counted. */

let stack: Stack;
const clients = createClientPool(() => stack.url);

afterEach(async () => {
  clients.closeAll();
  await stack.close();
});

const scrape = async () => {
  const text = await (await fetch(`${stack.url}/metrics`)).text();
  return { text, samples: samplesOf(text) };
};

const sumOf = (samples: Readonly<Record<string, number>>, ...parts: string[]): number =>
  Object.entries(samples)
    .filter(([name]) => parts.every((part) => name.includes(part)))
    .reduce((sum, [, value]) => sum + value, 0);

const tasksQuery = 'query Tasks($ids: [ID!]!) { mediaTasks(ids: $ids) { status problem { code } } }';

describe('/metrics', () => {
  it('agrees with what vendors and clients counted, and names no id, message or address', async () => {
    stack = await openStack();
    const running = ['zego:tencent:evolving-a', 'visionular:evolving-b', 'aliyun-vod:evolving-c'];
    const ids = [...running, 'zego:huawei:no-such-task'];
    await stack.ask(tasksQuery, { ids });
    await stack.ask(tasksQuery, { ids });
    await stack.ask('{ mediaTask(id: "nonsense") { status } }');
    await stack.switchFault('visionular', 'down');
    await stack.ask(tasksQuery, { ids: ['visionular:other'] });
    const subscription = clients.webSocket().subscribe(updatesOf(running[0] ?? ''));
    await subscription.atLeast(1);
    const { samples, text } = await waitFor(scrape, ({ samples: now }) => sumOf(now, 'requests_total') >= 5);

    expect(sumOf(samples, 'media_tasks_requests_total{operation="Tasks"', 'outcome="ok"')).toBe(3);
    expect(sumOf(samples, 'media_tasks_requests_total', 'outcome="invalid"')).toBe(1);
    expect(sumOf(samples, 'media_tasks_requests_total', 'transport="websocket"')).toBe(1);
    expect(samples['media_tasks_subscriptions{transport="websocket"}']).toBe(1);
    // Two answers with four tasks each, and one with a failed one.
    expect(sumOf(samples, 'media_tasks_answers_total')).toBe(9);
    expect(samples['media_tasks_answers_total{outcome="OK"}']).toBe(6);
    expect(samples['media_tasks_answers_total{outcome="TASK_NOT_FOUND"}']).toBe(2);
    expect(samples['media_tasks_answers_total{outcome="UNAVAILABLE"}']).toBe(1);
    // Each was waited for once, and then known; the subscription's own lookups are counted, too.
    expect(sumOf(samples, 'media_tasks_lookups_total', 'source="vendor"')).toBe(4);
    expect(sumOf(samples, 'media_tasks_lookups_total', 'source="memory"')).toBeGreaterThanOrEqual(4);

    await stack.endFaults();
    const calls = await stack.calls();
    const { samples: now } = await scrape();
    for (const provider of ['zego', 'visionular', 'aliyun-vod'] as const) {
      const counted = sumOf(now, 'media_tasks_vendor_calls_total', `provider="${provider}"`);
      expect([provider, counted]).toEqual([provider, calls[provider]]);
      expect(sumOf(now, 'media_tasks_vendor_response_bytes_total', `"${provider}"`)).toBeGreaterThan(100);
      // A permit expires when connecting takes too long, and the call takes another.
      const permits = sumOf(now, 'media_tasks_permit_wait_seconds_count', `"${provider}"`);
      expect(permits).toBeGreaterThanOrEqual(calls[provider]);
    }
    expect(sumOf(now, 'media_tasks_vendor_calls_total', 'code="UNAVAILABLE"')).toBe(
      (await stack.stats()).visionular.faulted,
    );
    expect(text).not.toMatch(/evolving|no-such-task|nonsense|127\.0\.0\.1|localhost|https?:/);
  });

  it('tells what the fast lane answered as it tells everything else', async () => {
    stack = await openStack();
    const ids = ['zego:tencent:compose', 'visionular:no-such-task'];
    await stack.ask(tasksQuery, { ids });
    await stack.ask(tasksQuery, { ids });
    const { text } = await stack.ask(tasksQuery, { ids });
    const { samples } = await waitFor(scrape, ({ samples: now }) => sumOf(now, 'requests_total') >= 3);
    const fast = 'operation="Tasks",transport="http",outcome="ok",fast_lane="true"';
    const answered = samples[`media_tasks_requests_total{${fast}}`] ?? 0;
    expect(answered).toBeGreaterThanOrEqual(1);
    expect(samples['media_tasks_response_bytes_total{fast_lane="true"}']).toBe(
      answered * Buffer.byteLength(text),
    );
    expect(samples['media_tasks_answers_total{outcome="OK"}']).toBe(3);
    expect(samples['media_tasks_answers_total{outcome="TASK_NOT_FOUND"}']).toBe(3);
    expect(sumOf(samples, 'media_tasks_lookups_total', 'source="memory"')).toBe(4);
    const lines = stack.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'Request');
    expect(lines.at(-1)).toMatchObject({
      operation: 'Tasks',
      isFastLane: true,
      tasks: { OK: 1, TASK_NOT_FOUND: 1 },
      bytes: Buffer.byteLength(text),
    });
  });

  it('says which account may call and how its circuit stands, and details say why', async () => {
    stack = await openStack();
    await stack.switchFault('zego', 'wrong-credentials');
    await stack.ask(tasksQuery, { ids: ['zego:tencent:a'] });
    const { samples } = await scrape();
    expect(samples['media_tasks_vendor_calls_total{provider="zego",code="ACCESS_DENIED"}']).toBe(1);
    expect(samples['media_tasks_account_state{provider="zego",state="owner"}']).toBe(1);
    const details = (await (await fetch(`${stack.url}/health/details`)).json()) as {
      providers: { provider: string }[];
    };
    expect(details.providers.find(({ provider }) => provider === 'zego')).toMatchObject({
      lastSuccessAgeMs: null,
      lastFailure: { code: 'ACCESS_DENIED', reason: 'wrong-credentials', vendorCode: expect.any(String) },
    });
    const warning = stack.logLines.map((line) => JSON.parse(line)).find(({ level }) => level === 40);
    expect(warning).toMatchObject({
      provider: 'zego',
      code: 'ACCESS_DENIED',
      reason: 'wrong-credentials',
      msg: expect.stringMatching(/refuses the credentials.*Correct the key/),
    });
  });
});
