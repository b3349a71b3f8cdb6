import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Application, createApplication } from '../../src/app/application.ts';
import {
  type HostileVendor,
  startHostileVendor,
  visionularSecret,
} from '../attacks/support/hostile-vendor.ts';
import { describeWithRedis, openRedis, type RedisServer } from '../support/redis.ts';
import { postOperation } from '../support/stack.ts';
import { waitFor } from '../support/wait.ts';

/** What replicas read from Redis is believed because it is sealed: it must have been redacted before. */
describeWithRedis('what a vendor repeats of our credentials', () => {
  let redis: RedisServer;
  let vendor: HostileVendor;
  let application: Application;
  let listener: RedisServer['client'];
  const published: string[] = [];

  beforeAll(async () => {
    redis = await openRedis();
    vendor = await startHostileVendor();
    listener = redis.client.duplicate();
    await listener.psubscribe('media-tasks:*');
    listener.on('pmessage', (_pattern, _channel, message) => published.push(message));
    application = await createApplication(
      { ...vendor.environment, NODE_ENV: 'test', GRAPHIQL: 'false', REDIS_URL: redis.url },
      { logStream: { write: () => {} } },
    );
  });
  afterAll(async () => {
    await application?.server.close();
    await vendor?.close();
    listener?.disconnect();
    await redis?.close();
  });

  test('is neither stored in Redis nor published there', async () => {
    const url = await application.server.listen({ port: 0, host: '127.0.0.1' });
    const query = '{ mediaTask(id: "visionular:echo") { status ... on VisionularTranscodeTask { input } } }';
    await waitFor(
      async () => (await postOperation(`${url}/graphql`, { query })).text,
      (text) => text.includes('[redacted]'),
    );
    const stored = async () => {
      const keys = await redis.client.keys('media-tasks:*:answer:*');
      return Promise.all(keys.map((key) => redis.client.get(key)));
    };
    const texts = await waitFor(stored, (all) => all.length > 0);
    await waitFor(
      async () => published,
      (messages) => messages.some((message) => message.startsWith('answer ')),
    );
    for (const text of [...texts, ...published.filter((message) => message.startsWith('answer '))]) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain(visionularSecret);
      expect(text).not.toContain(Buffer.from(visionularSecret).toString('hex'));
      expect(text).not.toContain(
        Buffer.from(`visionular-key-of-attacks:${visionularSecret}`).toString('base64'),
      );
    }
  });
});
