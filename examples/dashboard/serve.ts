import type { FastifyInstance } from 'fastify';
import { createBundledPage } from '../../src/server/bundled-page.ts';
import { bundleDashboard } from './build.ts';

/** Thumbnails are pictures at the addresses that the vendors give. */
const policy = { 'img-src': "'self' data: https:" };

/** Bundles the page and serves it at `/dashboard/`, beside the endpoint that it asks. */
export const serveDashboard = async (server: FastifyInstance): Promise<void> => {
  const page = createBundledPage(await bundleDashboard(), policy);
  if (!page) throw new Error('The bundle has no page.');
  server.get('/dashboard', (_request, reply) => reply.redirect('/dashboard/'));
  server.get('/dashboard/', (_request, reply) => page.sendPage(reply));
  page.serveFiles(server, '/dashboard/');
};
