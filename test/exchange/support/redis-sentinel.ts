import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { findSparePort } from '../../support/ports.ts';
import { openRedis, type RedisServer } from '../../support/redis.ts';
import { waitFor } from '../../support/wait.ts';

/** A primary, its replica, and one sentinel that watches them. */
export interface WatchedRedis {
  /** Names the sentinel, not the servers. */
  readonly url: string;
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Resolves when the sentinel names the replica as the primary. */
  whenPromoted(): Promise<unknown>;
  close(): Promise<void>;
}

/** A sentinel whose timers were late by two seconds, as on a busy machine, fails nothing over for the next thirty. */
const longestFailoverMs = 90_000;

/** Tests that need sentinels, too: skipped, saying so, where there are none; failing there in CI. */
export const describeWithSentinel = (name: string, tests: () => void): void => {
  const isInstalled = ['redis-server', 'redis-sentinel', 'redis-cli'].every(
    (command) => spawnSync(command, ['--version']).status === 0,
  );
  if (isInstalled) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    describe(name, () => {
      test('finds redis-server and redis-sentinel on the PATH', () => {
        throw new Error('CI must run these tests: install redis-server and redis-sentinel.');
      });
    });
  } else {
    process.stderr.write(`Skipped: "${name}" needs redis-server and redis-sentinel on the PATH.\n`);
    describe.skip(`${name} [skipped: there is no redis-sentinel on the PATH]`, tests);
  }
};

const ask = (port: number, ...args: string[]): string =>
  spawnSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' }).stdout;

export const openWatchedRedis = async (): Promise<WatchedRedis> => {
  const primary = await openRedis();
  const replica = await openRedis('--replicaof', '127.0.0.1', String(primary.port));
  const directory = await mkdtemp(join(tmpdir(), 'media-tasks-sentinel-'));
  const port = await findSparePort();
  const file = join(directory, 'sentinel.conf');
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor media-tasks 127.0.0.1 ${primary.port} 1`,
    'sentinel down-after-milliseconds media-tasks 500',
    'sentinel failover-timeout media-tasks 3000',
  ];
  await writeFile(file, `${settings.join('\n')}\n`);
  const sentinel: ChildProcess = spawn('redis-sentinel', [file], { stdio: 'ignore' });
  const kill = () => sentinel.kill('SIGKILL');
  process.once('exit', kill);
  await waitFor(
    async () => ask(port, 'sentinel', 'replicas', 'media-tasks'),
    (answer) => /master-link-status\nok\n/.test(answer),
  );
  return {
    url: `redis-sentinel://127.0.0.1:${port}/media-tasks`,
    primary,
    replica,
    whenPromoted: () =>
      waitFor(
        async () => ask(port, 'info', 'sentinel'),
        (answer) => answer.includes(`address=127.0.0.1:${replica.port},`),
        { withinMs: longestFailoverMs },
      ),
    close: async () => {
      const gone = new Promise((resolve) => sentinel.once('exit', resolve));
      kill();
      await gone;
      process.off('exit', kill);
      await Promise.all([primary.close(), replica.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
