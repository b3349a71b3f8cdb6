import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composers } from './compose.ts';

/** The gateways that run here, how to start each, and whose composer's supergraph each reads. */
const gateways = {
  apollo: { script: 'apollo.ts', compose: composers.apollo, variables: {} },
  hive: { script: 'hive.ts', compose: composers.hive, variables: {} },
  'hive-router': { script: 'hive.ts', compose: composers.hive, variables: { HIVE_ROUTER_RUNTIME: 'true' } },
} as const;

export type GatewayName = keyof typeof gateways;

export const gatewayNames = Object.keys(gateways) as readonly GatewayName[];

export interface GatewayOptions {
  readonly subgraphs: Parameters<(typeof composers)['apollo']>[0];
  /** Environment variables, as `gateways/` reads them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Called with the gateway's output. */
  readonly hear?: (text: string) => void;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** The address for queries. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Composes the subgraphs and starts a gateway for them, as a separate process.
 * @throws Error when they do not compose, and with the gateway's output when it ends before it listens
 */
export const startGateway = async (
  name: GatewayName,
  { subgraphs, variables = {}, hear = () => {} }: GatewayOptions,
): Promise<RunningGateway> => {
  const gateway = gateways[name];
  const { errors, supergraph } = await gateway.compose(subgraphs);
  if (supergraph === undefined) throw new Error(`The subgraphs do not compose:\n${errors.join('\n')}`);
  const directory = await mkdtemp(join(tmpdir(), 'supergraph-'));
  const file = join(directory, 'supergraph.graphql');
  await writeFile(file, supergraph);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'gateways', gateway.script)], {
    env: { PATH: process.env.PATH, SUPERGRAPH: file, ...gateway.variables, ...variables },
    // The channel closes when this process ends for any reason, and the gateway then ends, too.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit').finally(() => rm(directory, { recursive: true, force: true }));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const listen = (piece: Buffer) => {
      hear(String(piece));
      output += piece;
      const [, found] = /^Gateway at (\S+)$/m.exec(output) ?? [];
      if (found) resolve(found);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    ended.then(([code]) => reject(new Error(`The gateway ended with ${code}:\n${output}`)), reject);
  });
  return {
    url,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
