import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { findSparePort } from './ports.ts';
import { waitFor } from './wait.ts';

/** A separate redis-server without persistence: stopping it deletes all data. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** A connection for the test itself; closed with the server. */
  readonly client: Redis;
  /** Kills it, as a crash would. */
  stop(): Promise<void>;
  /** Starts it again, on the same port, with empty memory. */
  start(): Promise<void>;
  /** Suspends it: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Empties its memory. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Tests that need a redis-server. Without one they are skipped with a message; in CI they fail. */
export const describeWithRedis = (name: string, tests: () => void): void => {
  if (spawnSync('redis-server', ['--version']).status === 0) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    describe(name, () => {
      test('finds redis-server on the PATH', () => {
        throw new Error('CI must run these tests: install redis-server.');
      });
    });
  } else {
    process.stderr.write(`Skipped: "${name}" needs a redis-server on the PATH.\n`);
    describe.skip(`${name} [skipped: there is no redis-server on the PATH]`, tests);
  }
};

/** @param options more of redis-server's options, such as `--maxmemory 1` */
export const openRedis = async (...options: string[]): Promise<RedisServer> => {
  const redis = await reserveRedis(...options);
  await redis.start();
  return redis;
};

/** A server that is not running yet: its port is known, and no process listens there. */
export const reserveRedis = async (...options: string[]): Promise<RedisServer> => {
  const port = await findSparePort();
  const directory = await mkdtemp(join(tmpdir(), 'media-tasks-redis-'));
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => 20,
    // ioredis waits so long for the end of a connection, even of one that has broken.
    disconnectTimeout: 200,
  });
  client.on('error', ignore);
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const forgetful = ['--save', '', '--appendonly', 'no'];
  let server: ChildProcess | undefined;

  const kill = () => server?.kill('SIGKILL');
  const stop = async (): Promise<void> => {
    const running = server;
    if (!running) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    kill();
    await gone;
    server = undefined;
  };
  process.once('exit', kill);

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    client,
    stop,
    start: async () => {
      server = spawn('redis-server', [...place, ...forgetful, ...options], { stdio: 'ignore' });
      await waitFor(
        () => client.ping().catch(() => 'no answer'),
        (answer) => answer === 'PONG',
        { everyMs: 20 },
      );
    },
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    flush: async () => {
      await client.flushall();
    },
    close: async () => {
      client.disconnect();
      await stop();
      process.off('exit', kill);
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** The client reconnects by itself, for tests that stop the server. */
const ignore = (): void => {};
