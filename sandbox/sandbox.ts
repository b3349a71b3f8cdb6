import { createControl } from './control.ts';
import { toExampleTasks } from './example-tasks.ts';
import { openHttpServer } from './http-server.ts';
import type { Vendors } from './vendor.ts';
import { openVendorServer, type VendorServer } from './vendor-server.ts';

/** The names of providers, in a type. */
export type ProviderOf<V extends Vendors> = V[keyof V]['apis'][number]['provider'];

/** The credentials of each vendor. */
export type CredentialsOf<V extends Vendors> = { readonly [Name in keyof V]: V[Name]['credentials'] };

export interface OpenOptions<V extends Vendors> {
  /** The control port; the vendors follow in the order of the registry. 0 or nothing: any free ports. */
  readonly firstPort?: number;
  /** The clock of all vendors, ms epoch; Date.now by default. */
  readonly now?: () => number;
  /** Credentials that the vendors know, instead of the generated ones. */
  readonly credentials?: { readonly [Name in keyof V]?: Partial<V[Name]['credentials']> };
}

export interface OpenSandbox<V extends Vendors> {
  /** The origin of the control port, and the endpoint of each vendor. */
  readonly urls: Readonly<Record<keyof V | 'control', string>>;
  readonly credentials: CredentialsOf<V>;
  /** The environment that points a subgraph at this sandbox. */
  environment(): Record<string, string>;
  /** Breaks every connection, those that hang included, and frees the ports. */
  close(): Promise<void>;
}

/**
 * Opens vendor APIs that verify, throttle and answer as the real ones do, and the control port.
 * @throws the listening error (EADDRINUSE) when a port is taken; nothing stays open then
 */
export async function openSandbox<V extends Vendors>(
  vendors: V,
  { firstPort, now = Date.now, credentials = {} }: OpenOptions<V>,
): Promise<OpenSandbox<V>> {
  const servers = new Map<string, VendorServer>();
  const closeVendors = () => Promise.all([...servers.values()].map(({ close }) => close()));
  const nextPort = () => (firstPort ? firstPort + servers.size + 1 : 0);
  try {
    for (const [name, vendor] of Object.entries(vendors)) {
      const known = { ...vendor.credentials, ...credentials[name] };
      servers.set(name, await openVendorServer(vendor, { port: nextPort(), credentials: known, now }));
    }
    const apis = [...servers.values()].flatMap((server) => server.apis);
    const control = await openHttpServer(firstPort ?? 0, createControl(apis, toExampleTasks(vendors)));
    const byName = <Value>(pick: (server: VendorServer) => Value) =>
      Object.fromEntries([...servers].map(([name, server]) => [name, pick(server)]));
    return {
      urls: { control: control.origin, ...byName(({ endpoint }) => endpoint) } as OpenSandbox<V>['urls'],
      credentials: byName((server) => server.credentials) as CredentialsOf<V>,
      environment: () => Object.assign({}, ...[...servers.values()].map(({ environment }) => environment)),
      close: async () => void (await Promise.all([control.close(), closeVendors()])),
    };
  } catch (error) {
    await closeVendors();
    throw error;
  }
}
