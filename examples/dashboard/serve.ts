import type { FastifyInstance } from 'fastify';
import { readBundledPage } from '../../src/server/bundled-page.ts';
import { buildDashboard, outputDirectory } from './build.ts';

/** Thumbnails are pictures at the addresses that the vendors give. */
const policy = { 'img-src': "'self' data: https:" };

/** Builds the page and serves it at `/dashboard/`, beside the endpoint that it asks. */
export const serveDashboard = async (server: FastifyInstance): Promise<void> => {
  await buildDashboard();
  const page = await readBundledPage(outputDirectory, policy);
  if (!page) throw new Error(`There is no page in ${outputDirectory}`);
  server.get('/dashboard', (_request, reply) => reply.redirect('/dashboard/'));
  server.get('/dashboard/', (_request, reply) => page.sendPage(reply));
  page.serveFiles(server, '/dashboard/');
};
