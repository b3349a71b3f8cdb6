import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { addressOf, makeDirectory, type ServerProcess, startProcess } from '../support/process.ts';
import { createControl, postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** The server as it is really run: a process with an environment, signals and an exit code. */

/** What `npm start` loads before the server. */
const requireNode = join(import.meta.dirname, '../../src/require-node.cjs');

let directory: Awaited<ReturnType<typeof makeDirectory>>;
const processes: ServerProcess[] = [];
const sandboxes: Sandbox[] = [];

beforeEach(async () => {
  directory = await makeDirectory();
});

afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
  await directory.remove();
});

const start = (variables: Readonly<Record<string, string>>): ServerProcess => {
  const server = startProcess({ PORT: '0', GRAPHIQL: 'false', ...variables }, directory.path);
  processes.push(server);
  return server;
};

const openSandbox = async (): Promise<Sandbox> => {
  const sandbox = await createSandbox();
  sandboxes.push(sandbox);
  return sandbox;
};

const aliyunTask = '{ mediaTask(id: "aliyun-vod:all-succeeded") { status problem { code } } }';

describe('a wrong configuration', () => {
  it('stops the start with all faults by name, once each, and no secret', async () => {
    const server = start({
      PORT: 'eighty',
      GRAPHIQL: 'perhaps',
      LOOKUP_DEADLINE_MS: '1',
      MAX_IDS_PER_QUERY: '-5',
      ROUTER_SECRETS: 'canary-router-1,canary-router-2',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'canary-aliyun-id',
      ALIYUN_VOD_ENDPOINT: 'vod.aliyuncs.com',
      VISIONULAR_SECRET_KEY: 'canary-visionular-secret',
      VISIONULAR_AUTH: 'magic',
      VISIONULAR_ENDPOINT: 'ftp://api.visionular.com/query_task',
      VOLCENGINE_ACCESS_KEY: 'canary-volcengine-id',
      VOLCENGINE_RTC_ENDPOINT: 'https://user:canary-password@rtc.volcengineapi.com',
      ZEGO_APP_ID: 'canary-app',
      ZEGO_SERVER_SECRET: 'canary-zego-secret',
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
    expect(server.output()).not.toContain('canary');
    expect(server.output()).not.toMatch(/^\s+at /m);
  });

  it('that is a taken port stops the start, too', async () => {
    const first = start({});
    const { port } = new URL(await addressOf(first));
    const second = start({ PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another.\n`,
    );
  });

  it('that is garbage in .env stops the start, too, and only the line number is told', async () => {
    await writeFile(join(directory.path, '.env'), 'PORT=0\nZEGO_SERVER_SECRET canary\n');
    const server = start({});
    expect(await server.ended).toBe(1);
    expect(server.output()).toBe('Invalid configuration:\n  - .env: line 2 is not NAME=value.\n');
  });
});

describe('a variable that looks like one of ours', () => {
  it('is one line of the log, and the server starts', async () => {
    const server = start({ REDIS_URI: 'redis://127.0.0.1:6379' });
    await addressOf(server);
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.includes('REDIS_URI'));
    expect(lines).toEqual([expect.stringContaining('did you mean REDIS_URL?')]);
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

  it.each(['20.20.2', '22.18.0', '24.11.9'])(
    '%s is refused in one line that says which is needed',
    async (version) => {
      expect(await startOn(version)).toMatch(
        /^This program needs Node 24\.12 or newer; this is [\d.]+ \(.*\)\.\n$/,
      );
    },
  );

  it.each(['24.12.0', '25.0.0'])('is not %s', async (version) => {
    expect(await startOn(version)).toBe('started');
  });
});

describe('without any provider', () => {
  it('it starts, says so, and answers that nothing is configured', async () => {
    const server = start({});
    const address = await addressOf(server);
    await server.written(/No provider has credentials/);
    const { httpStatus, data, errors } = await postOperation(`${address}/graphql`, { query: aliyunTask });
    expect([httpStatus, errors]).toEqual([200, undefined]);
    expect(data).toEqual({ mediaTask: { status: null, problem: { code: 'PROVIDER_NOT_CONFIGURED' } } });
  });

  it.each(['/health/live', '/health/ready'])('%s is fine once it listens', async (path) => {
    const address = await addressOf(start({}));
    const reply = await fetch(address + path);
    expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('.env', () => {
  it('is read if it is there, and the real environment wins over it', async () => {
    const sandbox = await openSandbox();
    const lines = Object.entries(sandbox.environment()).map(([name, value]) => `${name}=${value}`);
    await writeFile(
      join(directory.path, '.env'),
      ['# a comment', 'MAX_IDS_PER_QUERY=1', 'ROUTER_SECRETS=from-the-file', ...lines].join('\n'),
    );
    const url = `${await addressOf(start({ ROUTER_SECRETS: 'from-outside' }))}/graphql`;
    const headers = { 'router-authorization': 'from-outside' };
    const { data } = await postOperation(url, { query: aliyunTask }, headers);
    expect(data).toEqual({ mediaTask: { status: 'SUCCEEDED', problem: null } });
    const { errors } = await postOperation(url, { query: '{ mediaTasks(ids: ["a", "b"]) { id } }' }, headers);
    expect(errors?.[0]?.message).toMatch(/at most 1/);
  });
});

describe('SIGTERM', () => {
  /** The exit code, or that there is none after five seconds. */
  const endsSoon = ({ ended }: ServerProcess) =>
    Promise.race([
      ended,
      new Promise<string>((resolve) => setTimeout(resolve, 5_000, 'still running').unref()),
    ]);

  it('lets a request that is under way be answered, takes no new one, and ends with exit code 0', async () => {
    const sandbox = await openSandbox();
    const { switchFault, stats } = createControl(sandbox);
    const server = start(sandbox.environment());
    const address = await addressOf(server);
    await switchFault('aliyun-vod', { fault: 'slow', ms: 1_200 });

    const answer = postOperation(`${address}/graphql`, { query: aliyunTask });
    await waitFor(stats, (seen) => seen['aliyun-vod'].inFlight === 1);
    server.child.kill('SIGTERM');
    await server.written(/SIGTERM/);

    const { httpStatus, data } = await answer;
    expect(httpStatus).toBe(200);
    expect(data).toEqual({ mediaTask: { status: 'SUCCEEDED', problem: null } });
    // The client's connection stays open, as those of browsers and routers do; nobody waits for it.
    expect(await endsSoon(server)).toBe(0);
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
  });

  it('ends a server at rest at once, though a client keeps its connection open', async () => {
    const server = start({});
    const address = await addressOf(server);
    await (await fetch(`${address}/health/live`)).text();
    server.child.kill('SIGTERM');
    expect(await endsSoon(server)).toBe(0);
  });
});

describe('the log of a process', () => {
  it('is JSON line by line, and holds no credential at the most talkative level', async () => {
    const sandbox = await openSandbox();
    const server = start({ ...sandbox.environment(), LOG_LEVEL: 'trace', ROUTER_SECRETS: 'canary-router' });
    const url = `${await addressOf(server)}/graphql`;
    const headers = { 'router-authorization': 'canary-router' };
    await postOperation(url, { query: aliyunTask }, headers);
    await postOperation(url, { query: aliyunTask }, { 'router-authorization': 'canary-wrong' });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const lines = server.output().trim().split('\n');
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(server.output()).not.toMatch(/canary|not-a-secret|Signature=/);
  });
});
