import { type HttpServer, openHttpServer } from './http-server.ts';
import { readVendorRequest } from './request.ts';
import { createServedApi, type ServedApi } from './served-api.ts';
import type { Vendor } from './vendor.ts';

/** A vendor's running host. */
export interface VendorServer extends Pick<HttpServer, 'close'> {
  /** The endpoint for the subgraph. */
  readonly endpoint: string;
  readonly credentials: object;
  /** The environment that points a subgraph at this host. */
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
