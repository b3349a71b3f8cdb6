import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aliyunVod } from './aliyun-vod/index.ts';
import { createControl } from './control.ts';
import { type ExampleTask, toExampleTasks } from './example-tasks.ts';
import { readVendorRequest } from './request.ts';
import { createServedApi } from './served-api.ts';
import type { Vendor } from './vendor.ts';
import { visionular } from './visionular/index.ts';
import { volcengine } from './volcengine/index.ts';
import { zego } from './zego/index.ts';

export type { ExampleTask } from './example-tasks.ts';
export { type FaultName, type FaultSetting, faultNames } from './faults.ts';
export type { ApiReport } from './served-api.ts';

/** The registry: nothing else lists the vendors. A new one comes last, because their ports follow this order. */
const vendors = { aliyunVod, visionular, volcengine, zego };
type Vendors = typeof vendors;

/** A provider that has a vendor in the sandbox. */
export type ProviderName = Vendors[keyof Vendors]['apis'][number]['provider'];

export interface SandboxOptions {
  /** The control port; the vendors follow in the order of the registry. 0 or nothing: any free ports. */
  readonly firstPort?: number;
  /** The address to listen on; 127.0.0.1 by default, which the URLs name in any case. */
  readonly host?: string;
  /** The clock of all vendors, ms epoch; Date.now by default. */
  readonly now?: () => number;
  /** The time at which tasks are shown, ms epoch; `now` by default. Quotas and signatures keep to `now`. */
  readonly taskNow?: () => number;
  /** Credentials that the vendors know, instead of the generated ones. */
  readonly credentials?: { readonly [Name in keyof Vendors]?: Partial<Vendors[Name]['credentials']> };
}

export interface Sandbox {
  /** The origin of the control port, and the endpoint of each vendor. */
  readonly urls: Readonly<Record<keyof Vendors | 'control', string>>;
  readonly credentials: { readonly [Name in keyof Vendors]: Vendors[Name]['credentials'] };
  /** The environment that points a subgraph at this sandbox. */
  environment(): Record<string, string>;
  /** Breaks every connection, those that hang included, and frees the ports. */
  close(): Promise<void>;
}

/** The default control port of `npm run sandbox`; the vendors' ports follow. */
export const DEFAULT_PORT = 4_400;

const apisOfVendors = Object.values(vendors).flatMap<Vendor<ProviderName>['apis'][number]>(
  ({ apis }) => apis,
);
export const exampleTasks: readonly ExampleTask<ProviderName>[] = apisOfVendors.flatMap(toExampleTasks);
export const providerNames: readonly ProviderName[] = apisOfVendors.map(({ provider }) => provider);

/**
 * Opens vendor APIs that verify, throttle and answer as the real ones do, and the control port.
 * @throws the listening error (EADDRINUSE) when a port is taken; nothing stays open then
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { firstPort = 0, host = '127.0.0.1', now = Date.now, taskNow = now } = options;
  const servers: HttpServer[] = [];
  const close = async () => void (await Promise.all(servers.map((server) => server.close())));
  const open = async (handle: Handle, index: number) => {
    const server = await openHttpServer({ port: firstPort && firstPort + index, host }, handle);
    servers.push(server);
    return server.origin;
  };
  const opened = Object.entries<Vendor>(vendors).map(([name, vendor]) => {
    const credentials = { ...vendor.credentials, ...options.credentials?.[name as keyof Vendors] };
    const verify = vendor.createVerify(credentials);
    const apis = vendor.apis.map((api) => createServedApi({ vendor, api, verify, now, taskNow }));
    return { name, vendor, credentials, apis };
  });
  try {
    const urls: Record<string, string> = {};
    const apis = opened.flatMap((one) => one.apis);
    urls.control = await open(createControl(apis, exampleTasks), 0);
    for (const [index, { name, vendor, apis }] of opened.entries()) {
      const origin = await open(async (incoming, response) => {
        const request = readVendorRequest(incoming, vendor.path ?? '/');
        const target = apis.find(({ action }) => action === request.parameters.get('Action')) ?? apis[0];
        await target?.receive(request, response);
      }, index + 1);
      urls[name] = origin + (vendor.path ?? '').replace(/\/:.*/, '');
    }
    return {
      urls: urls as Sandbox['urls'],
      credentials: Object.fromEntries(
        opened.map(({ name, credentials }) => [name, credentials]),
      ) as unknown as Sandbox['credentials'],
      environment: () =>
        Object.assign(
          {},
          ...opened.map(({ name, vendor, credentials }) => vendor.environment(urls[name] ?? '', credentials)),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type HttpServer = Awaited<ReturnType<typeof openHttpServer>>;

async function openHttpServer(address: { port: number; host: string }, handle: Handle) {
  const options = {
    // Longer than the usual 16 kB, so that an id of 10 kB is refused by the vendor's rules and not by Node's.
    maxHeaderSize: 131_072,
    // Longer than clients keep idle connections, so that none is closed while a client reuses it.
    keepAliveTimeout: 65_000,
  };
  const server = createServer(options, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address, resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
