import { afterEach, describe, expect, it } from '@jest/globals';
import type { AppEvent } from '../../src/domain/events.ts';
import { metricDefinitions } from '../../src/observability/metrics.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics-listener.ts';
import { createOperationNames } from '../../src/observability/operation-names.ts';
import type { AccountState, AppState } from '../../src/observability/state.ts';
import { samplesOf } from '../support/metrics.ts';
import { account, requestFinished } from './events.ts';

const standing: AccountState = {
  ...account,
  role: 'alone',
  share: 0.25,
  breaker: 'OPEN',
  backlogMs: 6_200,
  renewalBacklogMs: 1_200,
  lastSuccessAgeMs: 1_000,
  clockOffsetMs: -600_000,
  shown: { outcomes: { OK: 40, TASK_NOT_FOUND: 2 }, ageMs: 90_000 },
};

let state: AppState = { providers: [], redis: undefined };
let metrics: Metrics | undefined;

afterEach(() => metrics?.close());

const scrapeAfter = async (...events: AppEvent[]) => {
  metrics?.close();
  metrics = createMetrics({ readState: () => state, version: '1.2.3', shape: '1' });
  for (const event of events) metrics.listen(event);
  return samplesOf((await metrics.scrape()).text);
};

const request = { ...requestFinished, isFastLane: true };

describe('The metrics', () => {
  it('follow the naming conventions, and have no label with values of clients or vendors', () => {
    for (const { name, help, labels } of Object.values(metricDefinitions)) {
      expect(name).toMatch(/^media_tasks_[a-z_]+$/);
      expect(help).toMatch(/\.$/);
      for (const label of labels) {
        expect([
          ...['operation', 'transport', 'outcome', 'fast_lane', 'rule', 'limit', 'why', 'provider', 'source'],
          ...['code', 'reason', 'state', 'change', 'version', 'node', 'shape'],
        ]).toContain(label);
      }
    }
  });

  it('count requests by operation, transport and outcome, their seconds, bytes and tasks', async () => {
    const samples = await scrapeAfter(request, { ...request, transport: 'websocket', isFastLane: false });
    expect(samples).toMatchObject({
      'media_tasks_requests_total{operation="Tasks",transport="http",outcome="ok",fast_lane="true"}': 1,
      'media_tasks_requests_total{operation="Tasks",transport="websocket",outcome="ok",fast_lane="false"}': 1,
      'media_tasks_request_duration_seconds_sum{operation="Tasks"}': 0.03,
      'media_tasks_request_duration_seconds_count{operation="Tasks"}': 1,
      'media_tasks_response_bytes_total{fast_lane="true"}': 512,
      'media_tasks_answers_total{outcome="OK"}': 6,
      'media_tasks_answers_total{outcome="RATE_LIMITED"}': 2,
    });
  });

  it('count each of many requests once, however often they are scraped', async () => {
    const name =
      'media_tasks_requests_total{operation="Tasks",transport="http",outcome="ok",fast_lane="true"}';
    const samples = await scrapeAfter(...new Array<AppEvent>(250).fill(request));
    expect(samples[name]).toBe(250);
    expect(samplesOf((await metrics?.scrape())?.text ?? '')[name]).toBe(250);
  });

  it('tell a bounded number of operations apart', () => {
    const toLabel = createOperationNames(2);
    expect(['A', undefined, 'B', 'C', 'A', 'B'.repeat(61)].map(toLabel)).toEqual([
      'A',
      'anonymous',
      'B',
      'other',
      'A',
      'other',
    ]);
  });

  it('count what happens at an account', async () => {
    const call = {
      kind: 'vendor-call-finished',
      typename: 'ZegoMediaTask',
      items: 1,
      durationMs: 40,
      status: 200,
      bytes: 900,
      host: 'rtc-api.zego.im',
      attempt: 1,
      isRenewal: false,
      replicas: 1,
      account,
    } as const;
    const found = {
      kind: 'lookup-finished',
      typename: 'ZegoMediaTask',
      outcome: 'OK',
      source: 'vendor',
      durationMs: 100,
      account,
    } as const;
    const samples = await scrapeAfter(
      call,
      { ...call, failure: { code: 'TIMEOUT', message: 'Late.' } },
      found,
      { ...found, joined: {} },
      { kind: 'permit-granted', waitedMs: 2_000, account },
      {
        kind: 'permit-refused',
        reason: 'own-quota',
        message: 'The quota is used up.',
        retryAfterMs: 1,
        waiting: 3,
        quota: { calls: 10, perMs: 1_000 },
        account,
      },
      { kind: 'lease-taken', isHandedOver: false, account },
      { kind: 'unhandled-error', error: new Error('A bug.'), account },
      { kind: 'redis-lost', cause: 'it is full.' },
    );
    expect(samples).toMatchObject({
      'media_tasks_vendor_calls_total{provider="zego",code="OK"}': 1,
      'media_tasks_vendor_calls_total{provider="zego",code="TIMEOUT"}': 1,
      'media_tasks_vendor_call_duration_seconds_sum{provider="zego"}': 0.08,
      'media_tasks_vendor_response_bytes_total{provider="zego"}': 1_800,
      'media_tasks_lookups_total{provider="zego",outcome="OK",source="vendor"}': 2,
      'media_tasks_lookup_wait_seconds_count{provider="zego"}': 2,
      'media_tasks_lookup_joins_total{provider="zego"}': 1,
      'media_tasks_permit_wait_seconds_sum{provider="zego"}': 2,
      'media_tasks_permits_refused_total{provider="zego",reason="own-quota"}': 1,
      'media_tasks_lease_changes_total{provider="zego",change="lease-taken"}': 1,
      media_tasks_unhandled_errors_total: 1,
      media_tasks_redis_losses_total: 1,
    });
    expect(samples['media_tasks_vendor_last_success_timestamp_seconds{provider="zego"}']).toBeGreaterThan(0);
  });

  it('count clients refused, subscriptions and conflated updates', async () => {
    const transport = 'websocket';
    const ended = {
      kind: 'subscription-ended',
      transport,
      why: 'client',
      tasks: 1,
      results: 5,
      durationMs: 1,
    } as const;
    const samples = await scrapeAfter(
      { kind: 'request-refused', transport, rule: 'router-authorization' },
      { kind: 'request-refused', transport, rule: 'limit', limit: 'ids' },
      { kind: 'subscription-opened', transport, tasks: 1 },
      { kind: 'subscription-opened', transport, tasks: 1 },
      ended,
      { kind: 'queue-conflated' },
    );
    expect(samples).toMatchObject({
      'media_tasks_refusals_total{transport="websocket",rule="router-authorization",limit=""}': 1,
      'media_tasks_refusals_total{transport="websocket",rule="limit",limit="ids"}': 1,
      'media_tasks_subscriptions{transport="websocket"}': 1,
      'media_tasks_subscriptions_ended_total{transport="websocket",why="client"}': 1,
      'media_tasks_subscription_results_total{transport="websocket"}': 5,
      media_tasks_queue_conflations_total: 1,
    });
  });

  it('read how each account and Redis stand at the moment of the scrape', async () => {
    const quota = { calls: 20, perMs: 1_000 };
    state = {
      providers: [
        { provider: 'zego', quota, account: standing },
        { provider: 'visionular', quota, account: undefined },
      ],
      redis: 'lost',
    };
    expect(await scrapeAfter()).toMatchObject({
      'media_tasks_provider_configured{provider="zego"}': 1,
      'media_tasks_provider_configured{provider="visionular"}': 0,
      'media_tasks_quota_calls_per_second{provider="zego"}': 20,
      'media_tasks_quota_share{provider="zego"}': 0.25,
      'media_tasks_backlog_seconds{provider="zego"}': 6.2,
      'media_tasks_renewal_backlog_seconds{provider="zego"}': 1.2,
      'media_tasks_vendor_clock_offset_seconds{provider="zego"}': -600,
      'media_tasks_breaker_state{provider="zego",state="OPEN"}': 1,
      'media_tasks_breaker_state{provider="zego",state="CLOSED"}': 0,
      'media_tasks_account_state{provider="zego",state="alone"}': 1,
      'media_tasks_account_state{provider="zego",state="owner"}': 0,
      media_tasks_redis_up: 0,
      'media_tasks_lookups_total{provider="zego",outcome="OK",source="memory"}': 40,
      'media_tasks_lookups_total{provider="zego",outcome="TASK_NOT_FOUND",source="memory"}': 2,
      'media_tasks_shown_age_seconds_total{provider="zego"}': 90,
    });
    // What was counted elsewhere is counted once.
    const again = samplesOf((await metrics?.scrape())?.text ?? '');
    expect(again['media_tasks_lookups_total{provider="zego",outcome="OK",source="memory"}']).toBe(40);
    expect(again['media_tasks_shown_age_seconds_total{provider="zego"}']).toBe(90);
    state = { providers: [], redis: undefined };
    expect(await scrapeAfter()).not.toHaveProperty('media_tasks_redis_up');
  });

  it('hold the process: memory, CPU, the lag of its event loop, and what runs', async () => {
    const samples = await scrapeAfter();
    const names = new Set(Object.keys(samples).map((name) => name.replace(/\{.*/, '')));
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect([name, names.has(name)]).toEqual([name, true]);
    expect(samples[`media_tasks_build_info{version="1.2.3",node="${process.versions.node}",shape="1"}`]).toBe(
      1,
    );
  });
});
