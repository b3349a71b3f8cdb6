import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { RequestFinished, VendorCallFinished } from '../../src/domain/events.ts';
import { createTracing, type Tracing } from '../../src/observability/traces.ts';
import { type CollectedSpan, type Collector, openCollector } from './collector.ts';
import { account, requestFinished } from './events.ts';

const gateway = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const [, gatewayTrace, gatewaySpan] = gateway.split('-');
const finished: RequestFinished = { ...requestFinished, tasks: { OK: 1 } };

const found = {
  kind: 'lookup-finished',
  typename: 'ZegoMediaTask',
  outcome: 'OK',
  source: 'vendor',
  durationMs: 25,
  account,
} as const;

const call: VendorCallFinished = {
  kind: 'vendor-call-finished',
  typename: 'ZegoMediaTask',
  items: 1,
  durationMs: 20,
  status: 200,
  bytes: 900,
  host: 'rtc-api.zego.im:8443',
  vendorRequestId: 'vendor-request-1',
  attempt: 1,
  isRenewal: false,
  replicas: 1,
};

let collector: Collector;
let provider: TracerProvider;
let tracing: Tracing;

beforeAll(async () => {
  expect(createTracing()).toBeUndefined();
  collector = await openCollector();
  const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  const created = createTracing();
  if (!created) throw new Error('An SDK was loaded, and is not used.');
  tracing = created;
});

afterAll(async () => {
  await provider.shutdown();
  await collector.close();
  trace.disable();
});

/** The spans that are made meanwhile, by their names. */
const spansOf = async (happen: () => void): Promise<Readonly<Record<string, CollectedSpan>>> => {
  const before = collector.spans.length;
  happen();
  await provider.forceFlush();
  return Object.fromEntries(collector.spans.slice(before).map((span) => [span.name, span]));
};

const server = 2;
const client = 3;

describe('The traces', () => {
  it("go from the gateway's span to the vendor call, through the lookup and its wait for a permit", async () => {
    const spans = await spansOf(() => {
      const own = tracing.begin(gateway);
      tracing.listen({ kind: 'permit-granted', waitedMs: 5, trace: own, account });
      tracing.listen({ ...call, trace: own, account });
      tracing.listen({ ...found, trace: own });
      tracing.listen({ ...finished, trace: own });
    });
    expect(Object.keys(spans).sort()).toEqual([
      'GET',
      'lookup ZegoMediaTask',
      'query Tasks',
      'wait for a permit',
    ]);
    const { 'query Tasks': operation, ...below } = spans;
    expect(operation).toMatchObject({
      kind: server,
      traceId: gatewayTrace,
      parentSpanId: gatewaySpan,
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Tasks',
        'http.response.status_code': 200,
        'media_tasks.outcome': 'ok',
      },
    });
    for (const { traceId, parentSpanId } of Object.values(below))
      expect([traceId, parentSpanId]).toEqual([gatewayTrace, operation?.spanId]);
    expect(spans.GET).toMatchObject({
      kind: client,
      attributes: {
        'http.request.method': 'GET',
        'server.address': 'rtc-api.zego.im',
        'server.port': 8443,
        'http.response.status_code': 200,
        'media_tasks.provider': 'zego',
        'media_tasks.vendor_request_id': 'vendor-request-1',
      },
    });
  });

  it('show that there was no permit, and why, below the operation that wanted the call first', async () => {
    const { 'permit refused': refused } = await spansOf(() =>
      tracing.listen({
        kind: 'permit-refused',
        reason: 'own-quota',
        message: 'Full.',
        retryAfterMs: 1_000,
        waiting: 9,
        quota: { calls: 10, perMs: 1_000 },
        trace: gateway,
        account,
      }),
    );
    expect(refused).toMatchObject({
      parentSpanId: gatewaySpan,
      isError: true,
      attributes: { 'media_tasks.provider': 'zego', 'media_tasks.reason': 'own-quota' },
    });
  });

  it('mark a failed call with its code', async () => {
    const { GET: failed } = await spansOf(() =>
      tracing.listen({
        ...call,
        attempt: 2,
        failure: { code: 'TIMEOUT', message: 'Late.' },
        trace: gateway,
        account,
      }),
    );
    expect(failed).toMatchObject({
      isError: true,
      attributes: { 'error.type': 'TIMEOUT', 'http.request.resend_count': 1 },
    });
  });

  it('link a lookup to the one whose wait it joined', async () => {
    const other = '00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01';
    const spans = await spansOf(() => tracing.listen({ ...found, trace: gateway, joined: { trace: other } }));
    expect(spans['lookup ZegoMediaTask']?.links).toMatchObject([
      { traceId: '1bf7651916cd43dd8448eb211c80319c', spanId: 'c7ad6b7169203331' },
    ]);
  });

  it('make a renewal a trace of its own, linked to the request that wanted it', async () => {
    const { GET: renewal } = await spansOf(() =>
      tracing.listen({ ...call, isRenewal: true, trace: gateway, account }),
    );
    expect(renewal?.traceId).not.toBe(gatewayTrace);
    expect(renewal?.parentSpanId ?? '').toBe('');
    expect(renewal?.links).toMatchObject([{ traceId: gatewayTrace, spanId: gatewaySpan }]);
  });

  it('begin anew where a client sends no traceparent, or one that is none', async () => {
    for (const incoming of [undefined, 'nonsense', '00-zz-yy-01']) {
      const own = tracing.begin(incoming);
      expect(own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      const spans = await spansOf(() => tracing.listen({ ...finished, operation: undefined, trace: own }));
      expect(spans.query?.parentSpanId ?? '').toBe('');
    }
  });
});
