import { once } from 'node:events';
import type {
  ApiReport,
  FaultName,
  FaultSetting,
  ProviderName,
  Sandbox,
  SandboxOptions,
} from '../../../sandbox/index.ts';
import { endChild, forkChild } from './children.ts';

export type Stats = Readonly<Record<ProviderName, ApiReport>>;

/** The five vendors in a process of their own. */
export interface Vendors {
  readonly urls: Sandbox['urls'];
  /** What points a subgraph at them. */
  readonly environment: Readonly<Record<string, string>>;
  stats(): Promise<Stats>;
  resetStats(): Promise<void>;
  switchFault(provider: ProviderName, setting: FaultSetting | FaultName): Promise<void>;
  endFaults(): Promise<void>;
  /**
   * The most calls that certainly came within one second, by provider, since the counting began, and for how long
   * the vendors' process was kept from looking at most.
   */
  mostInAnySecond(): Promise<{ most: Readonly<Partial<Record<ProviderName, number>>>; blindMs: number }>;
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
    mostInAnySecond: async () =>
      (await request({ most: true })) as Awaited<ReturnType<Vendors['mostInAnySecond']>>,
    close: () => endChild(child),
  };
};
