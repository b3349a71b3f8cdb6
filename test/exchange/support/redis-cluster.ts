import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSparePort } from '../../support/ports.ts';
import { waitFor } from '../../support/wait.ts';

/** Three real nodes of one cluster, without replicas. */
export interface RedisCluster {
  readonly url: string;
  readonly ports: readonly number[];
  close(): Promise<void>;
}

const run = (...args: string[]): string => spawnSync('redis-cli', args, { encoding: 'utf8' }).stdout;

export const openRedisCluster = async (): Promise<RedisCluster> => {
  const directory = await mkdtemp(join(tmpdir(), 'media-tasks-cluster-'));
  const ports: number[] = [];
  const servers: ChildProcess[] = [];
  const kill = () => {
    for (const server of servers) server.kill('SIGKILL');
  };
  process.once('exit', kill);
  /** Another process may have taken a port in between: then the server ends at once, and others are tried. */
  const startNode = async (): Promise<number> => {
    const [port, busPort] = [await findSparePort(), await findSparePort()];
    const cluster = [
      '--cluster-enabled',
      'yes',
      '--cluster-config-file',
      `nodes-${port}.conf`,
      '--cluster-port',
      String(busPort),
    ];
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    const server = spawn('redis-server', [...place, ...cluster], { stdio: 'ignore' });
    const answer = await waitFor(
      async () => (server.exitCode === null ? run('-p', String(port), 'ping') : 'ended'),
      (text) => text.startsWith('PONG') || text === 'ended',
    );
    if (answer === 'ended') return startNode();
    servers.push(server);
    return port;
  };
  for (let count = 0; count < 3; count += 1) ports.push(await startNode());
  run('--cluster', 'create', ...ports.map((port) => `127.0.0.1:${port}`), '--cluster-yes');
  for (const port of ports) {
    await waitFor(
      async () => run('-p', String(port), 'cluster', 'info'),
      (info) => info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3'),
    );
  }
  return {
    url: ports.map((port) => `redis://127.0.0.1:${port}`).join(','),
    ports,
    close: async () => {
      const gone = servers.map((server) => new Promise((resolve) => server.once('exit', resolve)));
      kill();
      await Promise.all(gone);
      process.off('exit', kill);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
