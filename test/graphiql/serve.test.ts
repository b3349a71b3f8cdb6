import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { serveGraphiql } from '../../src/graphiql/serve.ts';

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let outside: string;
let directory: string;
let server: FastifyInstance;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'graphiql-serve-'));
  await writeFile(join(outside, 'secret.js'), 'not in the bundle');
  directory = await mkdtemp(join(outside, 'bundle-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html>the page');
  await writeFile(join(directory, 'graphiql-ABCDEFGH.js'), 'the script');
  await writeFile(join(directory, 'graphiql-ABCDEFGH.css'), 'the style');
  server = fastify();
  await serveGraphiql(server, directory);
});

afterAll(async () => {
  await server.close();
  await rm(outside, { recursive: true });
});

describe('the root', () => {
  test('gives the page to browsers', async () => {
    const reply = await server.inject({ url: '/', headers: { accept: browserAccept } });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.headers['cache-control']).toBe('no-cache');
    expect(reply.body).toContain('the page');
  });

  test.each([['*/*'], ['application/json'], [undefined]])(
    'gives other clients the path of the endpoint: %s',
    async (accept) => {
      const reply = await server.inject({ url: '/', headers: accept === undefined ? {} : { accept } });
      expect(reply.statusCode).toBe(200);
      expect(reply.json()).toEqual({ graphql: '/graphql' });
    },
  );

  test('has Vary: accept, because its answer depends on it', async () => {
    const reply = await server.inject({ url: '/' });
    expect(reply.headers.vary).toBe('accept');
  });
});

describe('the files', () => {
  test.each([
    ['graphiql-ABCDEFGH.js', 'text/javascript; charset=utf-8', 'the script'],
    ['graphiql-ABCDEFGH.css', 'text/css; charset=utf-8', 'the style'],
  ])('%s has its type and may be cached for good', async (name, type, body) => {
    const reply = await server.inject(`/graphiql/${name}`);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe(type);
    expect(reply.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(reply.body).toBe(body);
  });

  test.each([
    '/graphiql/nothing.js',
    '/graphiql/',
    '/graphiql/index.html',
    '/graphiql/__proto__',
    '/graphiql/../secret.js',
    '/graphiql/..%2fsecret.js',
    '/graphiql/%2e%2e%2fsecret.js',
    '/graphiql/..%5csecret.js',
    '/graphiql//etc/passwd',
    '/graphiql/graphiql-ABCDEFGH.js%00.css',
  ])('%s is not found', async (url) => {
    const reply = await server.inject(url);
    expect(reply.statusCode).toBe(404);
    expect(reply.body).not.toContain('not in the bundle');
  });
});

test.each(['/', '/graphiql/graphiql-ABCDEFGH.js'])(
  "%s runs only the server's own code and cannot be framed",
  async (url) => {
    const { headers } = await server.inject({ url, headers: { accept: browserAccept } });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  },
);

describe('without a bundle', () => {
  const serve = async (directory: string): Promise<{ lines: string[]; status: number }> => {
    const lines: string[] = [];
    const server = fastify({
      logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } },
    });
    await serveGraphiql(server, directory);
    const { statusCode } = await server.inject({ url: '/', headers: { accept: 'text/html' } });
    return { lines, status: statusCode };
  };

  test.each(['nowhere', 'empty'])(
    'the server starts (%s), and logs in one line how to build it',
    async (name) => {
      const directory = join(outside, name);
      if (name === 'empty') await mkdir(directory);
      const { lines, status } = await serve(directory);
      expect(lines).toEqual([expect.stringMatching(/npm run build/)]);
      expect(status).toBe(404);
    },
  );
});
