import { once } from 'node:events';
import type {
  ApiReport,
  FaultName,
  FaultSetting,
  ProviderName,
  Sandbox,
  SandboxOptions,
} from '../../../sandbox/index.ts';
import type { Arrival } from './arrivals.ts';
import { endChild, forkChild } from './children.ts';

export type Stats = Readonly<Record<ProviderName, ApiReport>>;

export type Arrivals = Readonly<Partial<Record<ProviderName, readonly Arrival[]>>>;

/** The five vendors in a process of their own. */
export interface Vendors {
  readonly urls: Sandbox['urls'];
  /** The variables that make a subgraph ask them. */
  readonly environment: Readonly<Record<string, string>>;
  stats(): Promise<Stats>;
  resetStats(): Promise<void>;
  switchFault(provider: ProviderName, setting: FaultSetting | FaultName): Promise<void>;
  endFaults(): Promise<void>;
  /** The calls of each provider since the last reset, in order. */
  arrivals(): Promise<Arrivals>;
  close(): Promise<void>;
}

export const openVendors = async (options: Omit<SandboxOptions, 'now'> = {}): Promise<Vendors> => {
  const child = forkChild('test/faults/support/sandbox-process.ts');
  child.stderr?.pipe(process.stderr);
  const request = async (message: object): Promise<unknown> => {
    const reply = once(child, 'message');
    child.send(message);
    return (await reply)[0];
  };
  const { urls, environment } = (await request({ open: options })) as Pick<Vendors, 'urls' | 'environment'>;

  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const reply = await fetch(urls.control + path, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`The control port refuses ${method} ${path}: ${await reply.text()}`);
    return reply.json();
  };

  return {
    urls,
    environment,
    stats: async () => (await control('GET', '/stats')) as Stats,
    resetStats: async () => {
      await control('DELETE', '/stats');
      await request({ forget: true });
    },
    switchFault: async (provider, setting) => {
      await control('PUT', `/faults/${provider}`, typeof setting === 'string' ? { fault: setting } : setting);
    },
    endFaults: async () => {
      await control('DELETE', '/faults');
    },
    arrivals: async () => (await request({ arrivals: true })) as Arrivals,
    close: () => endChild(child),
  };
};
