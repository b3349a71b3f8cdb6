import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProviderName } from '../../sandbox/index.ts';
import { selfSigned } from '../fixtures/self-signed.ts';
import { findSparePort } from '../support/ports.ts';
import { countProblems, expectRecovery, report, weather } from './support/checks.ts';
import { type Mischief, openTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const codesOf = (problems: Record<string, number>): string[] => Object.keys(problems).sort();

describe('a vendor behind a bad network', () => {
  const sick: ProviderName = 'zego';
  let proxy: TcpProxy;
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      variables: ({ vendors }) => ({ ZEGO_ENDPOINT: `http://127.0.0.1:${proxyPort(vendors.urls.zego)}` }),
      beforeReplicas: async ({ vendors }) => {
        proxy = await openTcpProxy(Number(new URL(vendors.urls.zego).port));
      },
    });
    await warmUp(world);
  });
  afterAll(async () => {
    await world?.close();
    await proxy?.close();
  });
  const proxyPort = (_target: string): number => proxy.port;

  test.each<[string, Mischief, string[]]>([
    ['is late', { kind: 'latency', ms: 300 }, ['RATE_LIMITED']],
    ['takes requests and brings no replies', { kind: 'hang' }, ['TIMEOUT', 'UNAVAILABLE']],
    ['resets connections before the headers', { kind: 'reset-before-headers' }, ['UNAVAILABLE']],
    [
      'resets connections after the headers',
      { kind: 'reset-after-headers' },
      ['BAD_RESPONSE', 'UNAVAILABLE'],
    ],
    ['brings a byte at a time, headers included', { kind: 'drip', ms: 20 }, ['TIMEOUT', 'UNAVAILABLE']],
    ['cuts replies short', { kind: 'truncate', bytes: 250 }, ['BAD_RESPONSE', 'UNAVAILABLE']],
  ])('that %s troubles nobody but those who ask for it', async (_what, mischief, codes) => {
    const measured = await weather(world, {
      sick,
      on: async () => proxy.play(mischief),
      off: async () => proxy.play({ kind: 'none' }),
    });
    const problems = countProblems(measured.sick, sick);
    const recoveredMs = await expectRecovery(world, sick, 12_000);
    report(`${measured.figures}; ${JSON.stringify(problems)}; back after ${recoveredMs.toFixed(0)} ms`);
    expect(codesOf(problems).filter((code) => !['none', 'RATE_LIMITED', ...codes].includes(code))).toEqual(
      [],
    );
  });
});

describe('a vendor whose address', () => {
  /** Asks while the vendor is unreachable from the start; only tasks of the others are known. */
  const askWith = async (variables: Record<string, string>, sick: ProviderName) => {
    const world = await openWorld({ variables: () => variables });
    try {
      await warmUp(world);
      const measured = await weather(world, { sick, on: async () => {}, off: async () => {} });
      const problems = countProblems(measured.sick, sick);
      report(`${measured.figures}; ${JSON.stringify(problems)}`);
      return problems;
    } finally {
      await world.close();
    }
  };

  test('has no entry in the DNS is unavailable', async () => {
    const problems = await askWith({ ZEGO_ENDPOINT: 'http://no-such-vendor.invalid' }, 'zego');
    expect(codesOf(problems).filter((code) => code !== 'TIMEOUT')).toEqual(['UNAVAILABLE']);
  });

  test('nobody listens at is unavailable', async () => {
    const port = await findSparePort();
    const problems = await askWith({ ALIYUN_VOD_ENDPOINT: `http://127.0.0.1:${port}` }, 'aliyun-vod');
    expect(codesOf(problems)).toEqual(['UNAVAILABLE']);
  });

  test('has a certificate that nobody vouches for is unavailable, and is sent nothing', async () => {
    let requests = 0;
    const count: RequestListener = (_request, response) => {
      requests += 1;
      response.end('{}');
    };
    const server = createTlsServer(selfSigned, count);
    const port = await listen(server);
    try {
      const problems = await askWith({ ZEGO_ENDPOINT: `https://127.0.0.1:${port}` }, 'zego');
      expect(codesOf(problems)).toEqual(['UNAVAILABLE']);
      expect(requests).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([301, 302, 303, 307, 308])(
    'redirects with %i to another host is not followed',
    async (status) => {
      let followed = 0;
      const elsewhere = createServer((_request, response) => {
        followed += 1;
        response.end('{}');
      });
      const elsewherePort = await listen(elsewhere);
      const vendor = createServer((request, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${elsewherePort}${request.url}` }).end();
      });
      const port = await listen(vendor);
      const world = await openWorld({
        variables: () => ({ VISIONULAR_ENDPOINT: `http://127.0.0.1:${port}/api/query_task` }),
      });
      try {
        const { ask, newId } = await import('./support/load.ts');
        const { askOne } = await import('./support/graph.ts');
        const sample = await ask(world.urls[0] ?? '', askOne(newId('visionular')));
        expect(sample.offences).toEqual([]);
        expect(sample.tasks[0]?.problem?.code).toBe('BAD_RESPONSE');
        expect(followed).toBe(0);
      } finally {
        await world.close();
        for (const server of [elsewhere, vendor]) {
          server.closeAllConnections();
          server.close();
        }
      }
    },
  );
});
