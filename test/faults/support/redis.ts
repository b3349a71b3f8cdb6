import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { findSparePort } from '../../support/ports.ts';
import { canaryRedisPassword } from './canaries.ts';
import { endChild, startChild } from './children.ts';
import { until } from './time.ts';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of our own, to be ill-treated. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  /** Where a proxy before it would be reached. */
  urlVia(port: number): string;
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Ends it as `kill -9` does: all it knew is gone. */
  kill(): Promise<void>;
  /** Starts it, empty, on the same port. */
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export const openRedis = async ({ started = true } = {}): Promise<OwnRedis> => {
  if (!isInstalled) throw new Error('redis-server is not installed.');
  const port = await findSparePort();
  const urlVia = (at: number) => `redis://:${canaryRedisPassword}@127.0.0.1:${at}`;
  let child: ReturnType<typeof startChild> | undefined;

  const command = async (name: string, ...args: (string | number)[]): Promise<unknown> => {
    const client = new Redis(urlVia(port), { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(name, ...args.map(String));
    } finally {
      client.disconnect();
    }
  };

  const start = async (): Promise<void> => {
    const settings = {
      port,
      bind: '127.0.0.1',
      save: '',
      appendonly: 'no',
      requirepass: canaryRedisPassword,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    child = startChild('redis-server', args, { stdio: 'ignore' });
    await until(() =>
      command('PING').then(
        (reply) => reply === 'PONG',
        () => false,
      ),
    );
  };

  const redis: OwnRedis = {
    port,
    url: urlVia(port),
    urlVia,
    command,
    kill: async () => {
      if (child) await endChild(child);
    },
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
  if (started) await start();
  return redis;
};
