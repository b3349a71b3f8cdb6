import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { createApplication } from '../../src/app/application.ts';
import type { Provider } from '../../src/domain/provider.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import type { Open } from './contestant.ts';

/**
 * This subgraph as it is, except that all its providers ask the benchmark's vendor.
 * @param variables environment variables
 */
export const openSubgraph =
  (variables: Readonly<Record<string, string>>): Open =>
  async (vendorUrl, root) => {
    const { createApplication: create } = (await import(join(root, 'src/app/application.ts'))) as {
      createApplication: typeof createApplication;
    };
    const { providers } = (await import(join(root, 'src/providers/index.ts'))) as {
      providers: readonly Provider[];
    };
    const { server } = await create(
      {
        ...variables,
        GRAPHIQL: 'false',
        BENCH_KEY: 'key-of-the-benchmark',
        BENCH_SECRET: 'of-the-benchmark',
        // All of them send the same identity.
        MAX_IDS_PER_QUERY: '200',
      },
      { providers: providers.map((provider) => askAt(vendorUrl, provider)) },
    );
    return { url: await server.listen({ port: 0, host: '127.0.0.1' }) };
  };

const askAt = (vendorUrl: string, provider: Provider): Provider => ({
  ...provider,
  quota: { calls: 5_000, perMs: 1_000 },
  open: (environment) => {
    environment.credentials('BENCH_KEY', 'BENCH_SECRET');
    return async (key, call) => {
      const parts = provider.keyFields.map(({ name, oneOf }) =>
        oneOf ? key[name]?.toLowerCase() : key[name],
      );
      const id = [provider.name, ...parts].join(':');
      const { body } = await call.get({ url: `${vendorUrl}/${encodeURIComponent(id)}` });
      return JSON.parse(body) as Snapshot;
    };
  },
});

const contentType = 'application/json; charset=utf-8';

/** The limit: Fastify reads a request and sends bytes that it has. */
export const openFastify: Open = async () => {
  const { fastify } = await import('fastify');
  const server = fastify();
  let bytes: Buffer = Buffer.alloc(0);
  server.post('/graphql', (_request, reply) => {
    reply.header('content-type', contentType).send(bytes);
  });
  server.get('/graphql', (_request, reply) => {
    reply.header('content-type', contentType).send(bytes);
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return { url, setBytes: (given) => (bytes = given) };
};

/** The same without Fastify, and without parsing the request. */
export const openNode: Open = async () => {
  let bytes: Buffer = Buffer.alloc(0);
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', contentType);
      response.end(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, setBytes: (given) => (bytes = given) };
};
