import type { Agent } from 'node:http';

/** What an attack may cost the server at most, everything that happens meanwhile included. */
export interface Bound {
  /** CPU time of the process, in ms. */
  readonly cpuMs: number;
  /** CPU time of the main thread in which nobody else gets a turn, in ms. */
  readonly holdUpMs: number;
  /** Resident memory, in MB. */
  readonly peakMb: number;
  /** Of all vendors. */
  readonly calls: number;
  /** And as many more in each second that it lasts: what it queues is called for as fast as quotas allow. */
  readonly callsPerSecond?: number;
}

/** Where the server that is attacked listens. */
export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** Headers of a caller behind the router. */
  callerHeaders(id: string): Readonly<Record<string, string>>;
}

export interface Attack extends Bound {
  readonly name: string;
  /** Rejects when the server did not hold what it promises. */
  run(endpoint: Endpoint, agent: Agent): Promise<void>;
}

export const routerSecret = 'the-router-secret-of-attacks';

export const toEndpoint = (port: number): Endpoint => ({
  port,
  url: `http://127.0.0.1:${port}`,
  callerHeaders: (id) => ({ 'router-authorization': routerSecret, 'x-caller-id': id }),
});
