import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { ProcessEvent } from '../../../src/domain/events.ts';
import { connectRedis, type RedisConnection } from '../../../src/exchange/redis/connection.ts';
import { openTcpProxy } from '../../faults/support/tcp-proxy.ts';
import { selfSigned } from '../../fixtures/self-signed.ts';
import { findSparePort } from '../../support/ports.ts';
import { describeWithRedis, openRedis, type RedisServer, reserveRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const openServer = async (...options: string[]): Promise<RedisServer> => {
  const server = await openRedis(...options);
  closers.push(server.close);
  return server;
};

const connect = (url: string, ca?: string): { link: RedisConnection; events: ProcessEvent[] } => {
  const events: ProcessEvent[] = [];
  const link = connectRedis({ url, ca, emit: (event) => events.push(event) });
  closers.push(link.close);
  return { link, events };
};

const isThere = (link: RedisConnection): Promise<boolean> =>
  link.setAndPublish('key', { text: 'text', keepMs: 10_000, channel: 'nobody', head: '' }).then(
    () => true,
    () => false,
  );

const whenThere = (link: RedisConnection): Promise<boolean> => waitFor(() => isThere(link), Boolean);

describeWithRedis('a connection to Redis', () => {
  test('is lost and back once when Redis is killed and started again, with its subscriptions', async () => {
    const server = await openServer();
    const { link, events } = connect(server.url);
    const received: string[] = [];
    let subscribed = 0;
    const subscription = link.subscribe('news', {
      onMessage: (message) => received.push(message),
      onSubscribed: () => {
        subscribed += 1;
      },
    });
    await whenThere(link);
    await waitFor(async () => subscription.isActive, Boolean);
    await server.stop();
    await waitFor(
      async () => subscription.isActive,
      (isActive) => !isActive,
    );
    expect(await isThere(link)).toBe(false);
    await server.start();
    await waitFor(async () => subscription.isActive, Boolean);
    await whenThere(link);
    await link.publish('news', 'hello');
    await waitFor(
      async () => received,
      (all) => all.length > 0,
    );
    expect(subscribed).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual(['redis-lost', 'redis-back']);
  });

  test('comes up when Redis, missing at the start, comes up', async () => {
    const server = await reserveRedis();
    closers.push(server.close);
    const { link, events } = connect(server.url);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    await server.start();
    await whenThere(link);
    expect(events).toMatchObject([
      { kind: 'redis-lost', cause: 'nobody listens at its address.' },
      { kind: 'redis-back' },
    ]);
  });

  test('works when a round trip takes almost half a second', async () => {
    const server = await openServer();
    const proxy = await openTcpProxy(server.port);
    closers.push(proxy.close);
    proxy.setNetwork({ kind: 'open', roundTripMs: 450 });
    const { link, events } = connect(`redis://127.0.0.1:${proxy.port}`);
    await whenThere(link);
    expect(events).toEqual([]);
  });

  test('to a Redis that hangs is made anew after three seconds, and works when it goes on', async () => {
    const server = await openServer();
    const { link, events } = connect(server.url);
    await whenThere(link);
    server.pause();
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it did not answer.' }]);
    server.resume();
    await whenThere(link);
    await waitFor(
      async () => events,
      (all) => all.at(-1)?.kind === 'redis-back',
    );
  });

  test.each([
    { options: ['--requirepass', 'right'], login: '', cause: 'it wants a password.' },
    { options: ['--requirepass', 'right'], login: ':wrong@', cause: 'it refuses the user or the password.' },
  ])('reports once that $cause', async ({ options, login, cause }) => {
    const server = await reserveRedis(...options);
    closers.push(server.close);
    server.client.options.password = 'right';
    await server.start();
    const { link, events } = connect(server.url.replace('//', `//${login}`));
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    for (let count = 0; count < 20; count += 1) {
      expect(await isThere(link)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(events).toEqual([{ kind: 'redis-lost', cause }]);
  });

  test.each([
    { rule: ['-eval', '-evalsha'], cause: 'it forbids this user the command eval.' },
    { rule: ['resetkeys', '~other:*'], cause: 'it forbids this user keys that begin with media-tasks:.' },
    { rule: ['resetchannels'], cause: 'it forbids this user channels that begin with media-tasks:.' },
  ])('reports once that $cause', async ({ rule, cause }) => {
    const server = await openServer();
    await server.client.acl(
      'SETUSER',
      'limited',
      'on',
      '>secret',
      'allkeys',
      'allchannels',
      '+@all',
      ...rule,
    );
    const { link, events } = connect(server.url.replace('//', '//limited:secret@'));
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await isThere(link)).toBe(false);
    expect(events).toEqual([{ kind: 'redis-lost', cause }]);
  });

  test('needs no more rights than the least', async () => {
    const server = await openServer();
    const rights = [
      '+eval',
      '+evalsha',
      '+get',
      '+pttl',
      '+set',
      '+publish',
      '+subscribe',
      '+unsubscribe',
      '+ping',
      '+select',
    ];
    await server.client.acl(
      'SETUSER',
      'least',
      'on',
      '>secret',
      '~media-tasks:*',
      '&media-tasks:*',
      ...rights,
    );
    const { link, events } = connect(server.url.replace('//', '//least:secret@'));
    await waitFor(
      () =>
        link.publish('media-tasks:channel', 'x').then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    await link.setAndPublish('media-tasks:key', {
      text: 'text',
      keepMs: 10_000,
      channel: 'media-tasks:channel',
      head: '',
    });
    expect(events).toEqual([]);
  });

  test('reports that there is no such database, and writes into no other', async () => {
    const server = await openServer();
    const { link, events } = connect(`${server.url}/99`);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(await isThere(link)).toBe(false);
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it has no database of that number.' }]);
    expect((await server.client.keys('*')).filter((key) => !key.startsWith('media-tasks:probe:'))).toEqual(
      [],
    );
  });

  test('reports that Redis is a read-only replica', async () => {
    const primary = await openServer();
    const replica = await openServer('--replicaof', '127.0.0.1', String(primary.port));
    const { events } = connect(replica.url);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it is a read-only replica: name the primary.' }]);
  });

  test('is encrypted, and trusts the certificates that it is given', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'media-tasks-tls-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
    await writeFile(keyFile, selfSigned.key);
    await writeFile(certificateFile, selfSigned.cert);
    const port = await findSparePort();
    const certificates = [
      '--tls-cert-file',
      certificateFile,
      '--tls-key-file',
      keyFile,
      '--tls-ca-cert-file',
      certificateFile,
    ];
    await openServer('--tls-port', String(port), ...certificates, '--tls-auth-clients', 'no');
    const url = `rediss://127.0.0.1:${port}`;
    await whenThere(connect(url, selfSigned.cert).link);
    const { events } = connect(url);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'its certificate is not trusted: set REDIS_CA.' }]);
  });

  test('may be a socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'media-tasks-socket-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const path = join(directory, 'redis.sock');
    await openServer('--unixsocket', path);
    await whenThere(connect(`unix:${path}?db=2`).link);
  });

  test('reports that Redis is full', async () => {
    const server = await openServer('--maxmemory', '1');
    const { link, events } = connect(server.url);
    await waitFor(
      async () => events,
      (all) => all.length > 0,
    );
    expect(await isThere(link)).toBe(false);
    expect(events).toEqual([{ kind: 'redis-lost', cause: 'it is full.' }]);
  });
});
