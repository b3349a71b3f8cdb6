import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { addressOf, makeDirectory, type ServerProcess, startProcess } from '../support/process.ts';
import { createControl, postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** The server as it is deployed: a process with an environment, signals and an exit code. */

/** The script that `npm start` loads before the server. */
const requireNode = join(import.meta.dirname, '../../src/require-node.cjs');

let directory: Awaited<ReturnType<typeof makeDirectory>>;
const processes: ServerProcess[] = [];

beforeAll(async () => {
  directory = await makeDirectory();
});

afterAll(async () => {
  for (const { child, ended } of processes) {
    child.kill('SIGKILL');
    await ended;
  }
  await directory.remove();
});

const start = (variables: Readonly<Record<string, string>>): ServerProcess => {
  const server = startProcess({ PORT: '0', GRAPHIQL: 'false', ...variables }, directory.path);
  processes.push(server);
  return server;
};

const aliyunTask = '{ mediaTask(id: "aliyun-vod:all-succeeded") { status problem { code } } }';

describe('an invalid configuration', () => {
  it('stops the start with all faults by name, once each, and no secret', async () => {
    const server = start({
      PORT: 'eighty',
      GRAPHIQL: 'perhaps',
      LOOKUP_DEADLINE_MS: '1',
      MAX_IDS_PER_QUERY: '-5',
      ROUTER_SECRETS: 'hidden-router-1,hidden-router-2',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'hidden-aliyun-id',
      ALIYUN_VOD_ENDPOINT: 'vod.aliyuncs.com',
      VISIONULAR_SECRET_KEY: 'hidden-visionular-secret',
      VISIONULAR_AUTH: 'magic',
      VISIONULAR_ENDPOINT: 'ftp://api.visionular.com/query_task',
      VOLCENGINE_ACCESS_KEY: 'hidden-volcengine-id',
      VOLCENGINE_RTC_ENDPOINT: 'https://user:hidden-password@rtc.volcengineapi.com',
      ZEGO_APP_ID: 'hidden-app',
      ZEGO_SERVER_SECRET: 'hidden-zego-secret',
      ZEGO_QPS: 'many',
      VOLCENGINE_WEBCAST_QPS: '0',
    });
    const code = await server.ended;
    expect(code).not.toBe(0);
    expect(typeof code).toBe('number');
    const named = [...server.output().matchAll(/^\s*- (\w+)/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([
      'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
      'ALIYUN_VOD_ENDPOINT',
      'GRAPHIQL',
      'LOOKUP_DEADLINE_MS',
      'MAX_IDS_PER_QUERY',
      'PORT',
      'VISIONULAR_ACCESS_KEY',
      'VISIONULAR_AUTH',
      'VISIONULAR_ENDPOINT',
      'VOLCENGINE_RTC_ENDPOINT',
      'VOLCENGINE_SECRET_KEY',
      'VOLCENGINE_WEBCAST_QPS',
      'ZEGO_APP_ID',
      'ZEGO_QPS',
    ]);
    expect(server.output()).not.toContain('hidden');
    expect(server.output()).not.toMatch(/^\s+at /m);
  });

  it('such as a port in use stops the start with one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = start({ PORT: String(port) });
    expect(await server.ended).toBe(1);
    other.close();
    expect(server.output()).toBe(
      `Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another.\n`,
    );
  });

  it('such as a malformed line of .env stops the start, and only the number of the line is shown', async () => {
    await writeFile(join(directory.path, '.env'), 'PORT=0\nZEGO_SERVER_SECRET hidden\n');
    const server = start({});
    const code = await server.ended;
    await rm(join(directory.path, '.env'));
    expect(code).toBe(1);
    expect(server.output()).toBe('Invalid configuration:\n  - .env: line 2 is not NAME=value.\n');
  });
});

describe('an older Node', () => {
  const startOn = (version: string): Promise<string> => {
    const disguise = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'${version}'}})`;
    const script = `require(${JSON.stringify(requireNode)}); process.stdout.write('started')`;
    return new Promise((resolve) => {
      execFile(process.execPath, ['--import', disguise, '--eval', script], (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  };

  it.each(['22.18.0', '24.11.9'])('%s is refused in one line with the required version', async (version) => {
    expect(await startOn(version)).toMatch(
      /^This program needs Node 24\.12 or newer; this is [\d.]+ \(.*\)\.\n$/,
    );
  });

  it.each(['24.12.0', '25.0.0'])('is not %s', async (version) => {
    expect(await startOn(version)).toBe('started');
  });
});

describe('a server without any provider', () => {
  it('starts with a warning, answers that nothing is configured, and stops on SIGTERM', async () => {
    const server = start({ REDIS_URI: 'redis://127.0.0.1:6379' });
    const address = await addressOf(server);
    await server.written(/No provider has credentials/);
    expect(server.output()).toMatch(/REDIS_URI[^\n]*did you mean REDIS_URL\?/);
    for (const path of ['/health/live', '/health/ready']) {
      const reply = await fetch(address + path);
      expect([path, reply.status, await reply.json()]).toEqual([path, 200, { status: 'ok' }]);
    }
    const { httpStatus, data, errors } = await postOperation(`${address}/graphql`, { query: aliyunTask });
    expect([httpStatus, errors]).toEqual([200, undefined]);
    expect(data).toEqual({ mediaTask: { status: null, problem: { code: 'PROVIDER_NOT_CONFIGURED' } } });
    // The connections of this test stay open, as those of browsers and routers do.
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

describe('a server with vendors', () => {
  const secret = 'router-secret-from-outside';
  const headers = { 'router-authorization': secret };
  let sandbox: Sandbox;
  let server: ServerProcess;
  let address: string;
  let url: string;

  beforeAll(async () => {
    sandbox = await createSandbox();
    const lines = Object.entries(sandbox.environment()).map(([name, value]) => `${name}=${value}`);
    await writeFile(
      join(directory.path, '.env'),
      ['# a comment', 'MAX_IDS_PER_QUERY=1', 'ROUTER_SECRETS=from-the-file', ...lines].join('\n'),
    );
    server = start({ ROUTER_SECRETS: secret, LOG_LEVEL: 'trace' });
    address = await addressOf(server);
    url = `${address}/graphql`;
  });

  afterAll(() => sandbox.close());

  it('reads .env if it exists, and the environment takes precedence', async () => {
    const { data } = await postOperation(url, { query: aliyunTask }, headers);
    expect(data).toEqual({ mediaTask: { status: 'SUCCEEDED', problem: null } });
    const { errors } = await postOperation(url, { query: '{ mediaTasks(ids: ["a", "b"]) { id } }' }, headers);
    expect(errors?.[0]?.message).toMatch(/at most 1/);
    const wrong = await postOperation(url, { query: aliyunTask }, { 'router-authorization': 'wrong-secret' });
    expect(wrong.httpStatus).toBe(401);
  });

  it('on SIGTERM answers a request in progress, accepts no new one, and exits with 0', async () => {
    const { switchFault, stats } = createControl(sandbox);
    await switchFault('zego', { fault: 'slow', ms: 1_200 });
    const query = '{ mediaTask(id: "zego:tencent:compose") { status } }';
    const answer = postOperation(url, { query }, headers);
    await waitFor(stats, (seen) => seen.zego.inFlight === 1);
    server.child.kill('SIGTERM');
    await server.written(/SIGTERM/);

    const { httpStatus, data } = await answer;
    expect([httpStatus, data]).toEqual([200, { mediaTask: { status: 'SUCCEEDED' } }]);
    // The connections of this test stay open, as those of browsers and routers do.
    expect(await server.ended).toBe(0);
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
  });

  it('ends at once at the second signal, whichever it is', async () => {
    const { switchFault, stats } = createControl(sandbox);
    const other = start({ ROUTER_SECRETS: secret });
    const otherUrl = `${await addressOf(other)}/graphql`;
    await switchFault('zego', { fault: 'slow', ms: 4_000 });
    const query = '{ mediaTask(id: "zego:tencent:compose") { status } }';
    const answer = postOperation(otherUrl, { query }, headers);
    answer.catch(() => {});
    await waitFor(stats, (seen) => seen.zego.inFlight === 1);
    other.child.kill('SIGTERM');
    await other.written(/SIGTERM: shutting down/);
    other.child.kill('SIGINT');
    expect(await other.ended).toBe(1);
    expect(other.output()).toMatch(/SIGINT again: ending at once/);
    await expect(answer).rejects.toThrow();
  });

  it('has logged JSON lines without credentials, at the level trace', () => {
    const lines = server.output().trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(server.output()).not.toMatch(/secret-from-outside|wrong-secret|not-a-secret|Signature=/);
  });
});
