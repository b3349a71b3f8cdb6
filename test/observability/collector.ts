import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP's JSON has it, with its attributes as an object. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

/** A collector that keeps what it is sent over OTLP/HTTP in memory. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** What it was sent, as text. */
  text(): string;
  close(): Promise<void>;
}

interface OtlpSpan extends Omit<CollectedSpan, 'attributes' | 'isError' | 'links'> {
  readonly attributes?: readonly { readonly key: string; readonly value: object }[];
  readonly links?: CollectedSpan['links'];
  readonly status?: { readonly code?: number };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export const openCollector = async (): Promise<Collector> => {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const server = createServer(async (request, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    texts.push(text);
    const { resourceSpans } = JSON.parse(text) as OtlpRequest;
    for (const span of resourceSpans
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans)) {
      const attributes = (span.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]);
      spans.push({
        ...span,
        links: span.links ?? [],
        attributes: Object.fromEntries(attributes),
        isError: span.status?.code === 2,
      });
    }
    reply.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    text: () => texts.join('\n'),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
