import { afterAll, describe, expect, it } from '@jest/globals';
import { type Outage, outages, type Seen } from '../support/outages.ts';
import { readOutageTitles, writeOutages } from '../support/outages-page.ts';
import { describeWithRedis } from '../support/redis.ts';

/** What an operator sees of each kind of outage: the log says why, the metrics count it, and the health shows it. */

const seen: [Outage, Seen][] = [];

const play = async (name: string): Promise<Seen & { readonly messages: string }> => {
  const outage = outages.find((one) => one.name === name);
  if (!outage) throw new Error(`No outage is named ${name}.`);
  const what = await outage.play();
  seen.push([outage, what]);
  return { ...what, messages: what.log.map(({ msg }) => msg).join('\n') };
};

afterAll(() => {
  if (process.env.WRITE_OUTAGES === 'true' && seen.length === outages.length) writeOutages(seen);
});

const zego = 'provider="zego"';

describe('An operator sees', () => {
  it('that a vendor is down', async () => {
    const { messages, metrics, ready, account, problem } = await play('down');
    expect(messages).toMatch(/A call failed: The vendor could not be reached/);
    expect(messages).toMatch(/The circuit breaker is open for [\d.]+ s after \d+ failures in \d+ calls/);
    expect(metrics[`media_tasks_breaker_state{${zego},state="OPEN"}`]).toBe(1);
    expect(metrics[`media_tasks_vendor_calls_total{${zego},code="UNAVAILABLE"}`]).toBeGreaterThanOrEqual(5);
    expect(account).toMatchObject({ breaker: 'OPEN', lastFailure: { code: 'UNAVAILABLE' } });
    expect(problem).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/circuit breaker has been open/),
    });
    expect(ready).toEqual([200, { status: 'ok' }]);
  });

  it('that a secret is wrong', async () => {
    const { messages, metrics, account, problem } = await play('wrong-secret');
    expect(messages).toMatch(/refuses the credentials.*Correct the key and its secret/);
    expect(metrics[`media_tasks_vendor_calls_total{${zego},code="ACCESS_DENIED"}`]).toBe(1);
    expect(account).toMatchObject({ lastFailure: { reason: 'wrong-credentials' }, lastSuccessAgeMs: null });
    expect(problem).toMatchObject({ code: 'ACCESS_DENIED' });
  });

  it('that a vendor throttles', async () => {
    const { messages, metrics, problem } = await play('throttled');
    expect(messages).toMatch(/throttles the account and asks for 5\.0 s without a call/);
    expect(messages).toMatch(/A task says RATE_LIMITED: The vendor asked for a pause/);
    expect(metrics[`media_tasks_permits_refused_total{${zego},reason="vendor-pause"}`]).toBe(1);
    expect(problem).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('that the quota is full', async () => {
    const { messages, metrics, account, problem } = await play('quota-full');
    expect(messages).toMatch(/A task says RATE_LIMITED: .* of 5 calls a second is used up: \d+/);
    const refused = Object.entries(metrics).filter(([name]) => name.includes('permits_refused_total'));
    expect(refused.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(40);
    expect(metrics[`media_tasks_backlog_seconds{${zego}}`]).toBeGreaterThan(5);
    expect(account.backlogMs).toBeGreaterThan(5_000);
    expect(problem).toMatchObject({ code: 'RATE_LIMITED', vendorCode: null });
  });
});

describeWithRedis('With Redis, an operator sees', () => {
  it('that it is gone', async () => {
    const { messages, metrics, ready, account } = await play('redis-gone');
    expect(messages).toMatch(/Redis cannot be used: .* Until it can/);
    expect(messages).toMatch(/this one makes calls by itself, within \d+ % of the quota/);
    expect(metrics.media_tasks_redis_losses_total).toBe(1);
    expect(metrics[`media_tasks_account_state{${zego},state="alone"}`]).toBe(1);
    expect(account).toMatchObject({ role: 'alone', share: metrics[`media_tasks_quota_share{${zego}}`] });
    expect(account.share).toBeGreaterThan(0);
    expect(account.share).toBeLessThan(1);
    expect(ready).toEqual([200, { status: 'degraded' }]);
  });
});

describe('docs/operations.md', () => {
  it('shows each of them', () => {
    expect(readOutageTitles()).toEqual(outages.map(({ title }) => title));
  });
});
