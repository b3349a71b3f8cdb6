import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { type CollectedSpan, type Collector, openCollector } from '../observability/collector.ts';
import { addressOf, makeDirectory, type ServerProcess, startProcess } from '../support/process.ts';
import { describeWithRedis, openRedis } from '../support/redis.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** The server as processes that are started with `--import examples/tracing/register.ts`. */

const register = join(import.meta.dirname, '../../examples/tracing/register.ts');
const gatewaySpan = 'b7ad6b7169203331';

let collector: Collector;
let sandbox: Sandbox;
let directory: Awaited<ReturnType<typeof makeDirectory>>;
const servers: ServerProcess[] = [];

beforeAll(async () => {
  [collector, sandbox, directory] = await Promise.all([openCollector(), createSandbox(), makeDirectory()]);
});

afterAll(async () => {
  for (const { child, ended } of servers) {
    child.kill('SIGKILL');
    await ended;
  }
  await Promise.all([collector.close(), sandbox.close(), directory.remove()]);
});

const start = (variables: Readonly<Record<string, string>> = {}): ServerProcess => {
  const environment = {
    ...sandbox.environment(),
    PORT: '0',
    GRAPHIQL: 'false',
    NODE_OPTIONS: `--import=${register}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...variables,
  };
  const server = startProcess(environment, directory.path);
  servers.push(server);
  return server;
};

/** Asks as a gateway does whose span belongs to this trace, and returns the trace's spans by name. */
const askIn = async (traceId: string, url: string, id: string) => {
  const query = `query Task { mediaTask(id: "${id}") { status vendorRequestId } }`;
  const traceparent = `00-${traceId}-${gatewaySpan}-01`;
  const { data } = await postOperation<{ mediaTask: { vendorRequestId: string } }>(
    `${url}/graphql`,
    { query },
    { traceparent },
  );
  const names = ['GET', 'lookup ZegoMediaTask', 'query Task', 'wait for a permit'];
  const spansOf = async () => collector.spans.filter((span) => span.traceId === traceId);
  const spans = await waitFor(spansOf, (seen) =>
    names.every((name) => seen.some((one) => one.name === name)),
  );
  return { spans, vendorRequestId: data.mediaTask.vendorRequestId };
};

/** That all spans of the trace are below its operation, and that below the gateway's. */
const expectOneTrace = (spans: readonly CollectedSpan[]): void => {
  const operation = spans.find(({ name }) => name === 'query Task');
  for (const span of spans) {
    const parent = span === operation ? gatewaySpan : operation?.spanId;
    expect([span.name, span.parentSpanId]).toEqual([span.name, parent]);
  }
};

describe('a traced server', () => {
  it("is part of the gateway's trace, down to the vendor call, shows no query string, and logs the trace", async () => {
    const server = start();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { spans, vendorRequestId } = await askIn(traceId, await addressOf(server), 'zego:tencent:compose');
    expectOneTrace(spans);
    const call = spans.find(({ name }) => name === 'GET');
    expect(call?.attributes['media_tasks.vendor_request_id']).toBe(vendorRequestId);
    expect(collector.text()).toContain('media-task-subgraph');
    expect(collector.text()).not.toMatch(/Signature|AppId=|\?/);
    await server.written(new RegExp(`"traceId":"${traceId}"`));
  });
});

describeWithRedis('two traced replicas', () => {
  it('are one trace when one asks and the other makes the call', async () => {
    const redis = await openRedis();
    try {
      const replicas = [start({ REDIS_URL: redis.url }), start({ REDIS_URL: redis.url })];
      const urls = await Promise.all(replicas.map(addressOf));
      const roleOf = async (url: string): Promise<string> => {
        const { providers } = (await (await fetch(`${url}/health/details`)).json()) as {
          providers: { provider: string; role: string }[];
        };
        return providers.find(({ provider }) => provider === 'zego')?.role ?? '';
      };
      const roles = await waitFor(
        () => Promise.all(urls.map(roleOf)),
        (both) => both.includes('owner') && both.includes('follower'),
      );
      const follower = urls[roles.indexOf('follower')] ?? '';
      const { spans } = await askIn('1bf7651916cd43dd8448eb211c80319c', follower, 'zego:tencent:load-1');
      expectOneTrace(spans);
      const metrics = await (await fetch(`${follower}/metrics`)).text();
      expect(metrics).not.toMatch(/^media_tasks_vendor_calls_total\{provider="zego"/m);
    } finally {
      await redis.close();
    }
  });
});
