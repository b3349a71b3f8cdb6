import { readFileSync } from 'node:fs';

/** What a gateway's process is told by its environment. */
export interface GatewaySettings {
  readonly port: number;
  /** What a composer made of the subgraphs. */
  readonly supergraphSdl: string;
  /** One of the task subgraph's ROUTER_SECRETS; empty where it has none. */
  readonly routerSecret: string;
}

/** The name, in the supergraph, of the one subgraph that is told the secret. */
export const taskSubgraph = 'tasks';

/** The header in which the task subgraph looks for it. */
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

/** Says where the gateway is, and ends the process on a signal, or when whoever started it is gone. */
export const announce = (url: string, close: () => Promise<unknown>): void => {
  process.stdout.write(`Gateway at ${url}\n`);
  const stop = () => void close().finally(() => process.exit(0));
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);
};
