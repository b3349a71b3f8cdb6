import { readFileSync } from 'node:fs';

/** The settings of a gateway's process, from its environment. */
export interface GatewaySettings {
  readonly port: number;
  /** The composed supergraph. */
  readonly supergraphSdl: string;
  /** One of the task subgraph's ROUTER_SECRETS; empty where it has none. */
  readonly routerSecret: string;
}

/** The name, in the supergraph, of the only subgraph that is sent the secret. */
export const taskSubgraph = 'tasks';

/** The header from which the task subgraph reads it. */
export const secretHeader = 'router-authorization';

/** @throws Error when there is no supergraph to read */
export const readSettings = (variables: NodeJS.ProcessEnv): GatewaySettings => {
  const { PORT = '0', SUPERGRAPH, ROUTER_SECRET = '' } = variables;
  if (!SUPERGRAPH) throw new Error('SUPERGRAPH must be the path of a supergraph that was composed.');
  return {
    port: Number(PORT),
    supergraphSdl: readFileSync(SUPERGRAPH, 'utf8'),
    routerSecret: ROUTER_SECRET,
  };
};

/** Reports the gateway's address, and ends the process on a signal, or when its parent process has ended. */
export const announce = (url: string, close: () => Promise<unknown>): void => {
  process.stdout.write(`Gateway at ${url}\n`);
  const stop = () => void close().finally(() => process.exit(0));
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);
};
