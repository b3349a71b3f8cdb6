import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { findSparePort } from '../../support/ports.ts';
import { endChild, startChild } from './children.ts';
import { redisPassword } from './test-credentials.ts';
import { until } from './time.ts';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of this suite's own, to inject faults into. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  /** The same Redis through a proxy that listens on this port. */
  urlVia(port: number): string;
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Ends it as `kill -9` does: what it held is lost. */
  kill(): Promise<void>;
  /** Starts it, empty, on the same port. */
  start(): Promise<void>;
  /** It hangs: connections stay open, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export const openRedis = async ({ started = true } = {}): Promise<OwnRedis> => {
  if (!isInstalled) throw new Error('redis-server is not installed.');
  const port = await findSparePort();
  const urlVia = (at: number) => `redis://:${redisPassword}@127.0.0.1:${at}`;
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
      requirepass: redisPassword,
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
    close: async () => {
      if (child) await endChild(child);
    },
  };
  if (started) await start();
  return redis;
};
