import { type HttpServer, openHttpServer } from './http-server.ts';
import { readVendorRequest } from './request.ts';
import { createServedApi, type ServedApi } from './served-api.ts';
import type { Vendor } from './vendor.ts';

/** A vendor's host while it is open. */
export interface VendorServer extends Pick<HttpServer, 'close'> {
  /** What a subgraph's endpoint is set to. */
  readonly endpoint: string;
  readonly credentials: object;
  /** What makes a subgraph ask this host. */
  readonly environment: Readonly<Record<string, string>>;
  readonly apis: readonly ServedApi[];
}

interface VendorServerOptions {
  readonly port: number;
  readonly credentials: object;
  /** Ms epoch. */
  readonly now: () => number;
}

/** @throws the listening error, EADDRINUSE for instance */
export async function openVendorServer(
  vendor: Vendor,
  { port, credentials, now }: VendorServerOptions,
): Promise<VendorServer> {
  const verify = vendor.createVerify(credentials);
  const openedAt = now();
  const apis = vendor.apis.map((api) =>
    createServedApi({
      vendor,
      api,
      verify,
      answer: api.createAnswer(openedAt),
      now,
    }),
  );
  const { origin, close } = await openHttpServer(port, async (incoming, response) => {
    const read = apis.map((served) => ({ served, request: readVendorRequest(incoming, served.api.path) }));
    const target =
      read.find(({ served: { api }, request }) => request.isKnownPath && (api.accepts?.(request) ?? true)) ??
      read[0];
    await target?.served.receive(target.request, response);
  });
  const endpoint = origin + (vendor.endpointPath ?? '');
  return { endpoint, credentials, environment: vendor.environment(endpoint, credentials), apis, close };
}
