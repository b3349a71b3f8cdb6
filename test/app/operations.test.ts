import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Application, createApplication } from '../../src/app/application.ts';
import { credentialsOf } from '../settings.ts';
import { samplesOf } from '../support/metrics.ts';
import { waitFor } from '../support/wait.ts';

/** Metrics and health, as they are served. */

const secret = 'sixteen-letters.';
const headers = { 'router-authorization': secret };
const production = { NODE_ENV: 'production', ...credentialsOf('zego') };

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const open = async (variables: Readonly<Record<string, string>>, closeDelayMs = 0) => {
  const application: Application = await createApplication(
    { LOG_LEVEL: 'silent', GRAPHIQL: 'false', ...variables },
    { closeDelayMs },
  );
  const { server, operationsServer } = application;
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const operationsUrl = (await operationsServer?.listen({ port: 0, host: '127.0.0.1' })) ?? '';
  cleanUps.push(() => server.close());
  return { server, url, operationsUrl };
};

const statusOf = async (url: string, sent: Record<string, string> = {}): Promise<number> => {
  const reply = await fetch(url, { headers: sent });
  await reply.arrayBuffer();
  return reply.status;
};

describe.each(['/metrics', '/health/details'])('%s', (path) => {
  it('is served to everybody in development without secrets', async () => {
    const { url } = await open({});
    expect(await statusOf(url + path)).toBe(200);
  });

  it('is served only to those who send the secret, if there is one', async () => {
    const { url } = await open({ ...production, ROUTER_SECRETS: secret });
    expect(await statusOf(url + path)).toBe(401);
    expect(await statusOf(url + path, { 'router-authorization': 'wrong' })).toBe(401);
    expect(await statusOf(url + path, headers)).toBe(200);
  });

  it('is not served where anybody may call in production', async () => {
    const { url } = await open({ ...production, ALLOW_PUBLIC: 'true' });
    expect(await statusOf(url + path)).toBe(404);
  });

  it('is served on METRICS_PORT, if that is set, and only there, until the end', async () => {
    const { server, url, operationsUrl } = await open({
      ...production,
      ROUTER_SECRETS: secret,
      METRICS_PORT: '0',
    });
    expect(await statusOf(url + path, headers)).toBe(404);
    expect(await statusOf(operationsUrl + path)).toBe(200);
    expect(await statusOf(`${operationsUrl}/graphql`)).toBe(404);
    await server.close();
    await expect(fetch(operationsUrl + path)).rejects.toThrow();
  });
});

describe('/metrics', () => {
  it('is the text format of Prometheus', async () => {
    const { url } = await open(credentialsOf('zego'));
    const reply = await fetch(`${url}/metrics`);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = samplesOf(await reply.text());
    expect(samples['media_tasks_provider_configured{provider="zego"}']).toBe(1);
    expect(samples['media_tasks_provider_configured{provider="visionular"}']).toBe(0);
  });
});

describe('/health/details', () => {
  it('says how each account stands, and what runs', async () => {
    const { url } = await open({ ...credentialsOf('zego'), ZEGO_QPS: '7' });
    const details = (await (await fetch(`${url}/health/details`)).json()) as { providers: object[] };
    expect(details).toMatchObject({
      status: 'ok',
      versions: { program: expect.stringMatching(/^\d+\.\d+\.\d+/), node: process.versions.node },
      redis: 'none',
    });
    expect(details.providers).toContainEqual({
      provider: 'zego',
      configured: true,
      quota: { calls: 7, perMs: 1_000 },
      id: expect.stringMatching(/^zego-[0-9a-f]{12}$/),
      role: 'owner',
      share: 1,
      breaker: 'CLOSED',
      backlogMs: 0,
      renewalBacklogMs: 0,
      clockOffsetMs: 0,
      lastSuccessAgeMs: null,
      backlog: 0,
      callsInLastSecond: 0,
      lastFailure: null,
    });
    expect(details.providers).toContainEqual(
      expect.objectContaining({ provider: 'visionular', configured: false }),
    );
    for (const value of Object.values(credentialsOf('zego')))
      expect(JSON.stringify(details)).not.toContain(value);
  });
});

describe('/health/ready', () => {
  const readyOf = async (url: string) => {
    const reply = await fetch(`${url}/health/ready`);
    return [reply.status, ((await reply.json()) as { status: string }).status];
  };

  it('is 503 until it is known whether Redis can be used, and then degraded but ready without it', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanUps.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const { url } = await open({ REDIS_URL: `redis://127.0.0.1:${port}` });
    await waitFor(
      async () => sockets.length,
      (count) => count > 0,
    );
    expect(await readyOf(url)).toEqual([503, 'starting']);
    expect(await statusOf(`${url}/health/live`)).toBe(200);
    for (const socket of sockets) socket.destroy();
    await waitFor(
      () => readyOf(url),
      ([status]) => status === 200,
    );
    expect(await readyOf(url)).toEqual([200, 'degraded']);
  });

  it('is 503 while the server drains, on both ports, and the server is live', async () => {
    const { server, url, operationsUrl } = await open({ METRICS_PORT: '0' }, 300);
    expect(await readyOf(operationsUrl)).toEqual([200, 'ok']);
    const closed = server.close();
    for (const each of [url, operationsUrl]) {
      expect(await readyOf(each)).toEqual([503, 'draining']);
      expect(await statusOf(`${each}/health/live`)).toBe(200);
    }
    await closed;
  });
});
