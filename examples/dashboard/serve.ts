import type { FastifyInstance } from 'fastify';
import { createBundledPage } from '../../src/server/bundled-page.ts';
import { bundleDashboard } from './build.ts';

/** Thumbnails are pictures at the addresses that the vendors give. */
const policy = { 'img-src': "'self' data: https:" };

const sampleIds = [
  'aliyun-vod:evolving-1',
  'visionular:evolving-1',
  'volcengine-whiteboard:demo-app:evolving-1',
  'zego:tencent:evolving-1',
  'volcengine-webcast:demo-app:demo-room:running',
  'aliyun-vod:load-21',
  'visionular:load-14',
  'aliyun-vod:partial-success',
  'aliyun-vod:all-succeeded',
  'visionular:success',
  'visionular:fail',
  'volcengine-webcast:demo-app:demo-room:ended',
  'volcengine-whiteboard:demo-app:failed',
  'zego:tencent:compose',
  'zego:huawei:succeeded',
  'zego:huawei:canceled',
  'zego:huawei:no-such-task',
];

/**
 * Bundles the page and serves it at `/dashboard/`, beside the endpoint that it asks. `/dashboard` leads to the page with
 * tasks of the sandbox.
 */
export const serveDashboard = async (server: FastifyInstance): Promise<void> => {
  const page = createBundledPage(await bundleDashboard(), policy);
  if (!page) throw new Error('The bundle has no page.');
  server.get('/dashboard', (_request, reply) => reply.redirect(`/dashboard/#tasks=${sampleIds.join(',')}`));
  server.get('/dashboard/', (_request, reply) => page.sendPage(reply));
  page.serveFiles(server, '/dashboard/');
};
