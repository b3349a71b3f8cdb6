import assert from 'node:assert/strict';
import { once } from 'node:events';
import { until } from '../../faults/support/time.ts';
import type { Attack, Endpoint } from './attack.ts';
import { openRaw, openSocket, type RawConnection, sleep, times, toPost, toRequest } from './sockets.ts';

const wholePage = (id: string) => ({
  query: `query ($ids: [ID!]!) { ${times(5, (n) => `a${n}: mediaTasks(ids: $ids) { id status vendorStatus kind outputs { url kind format } vendorRequestId fetchedAt provider }`).join(' ')} }`,
  variables: { ids: times(200, () => id) },
});

export const subscription = (ids: readonly string[]) => ({
  query: 'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id status outputs { url } } }',
  variables: { ids },
});

const closeAll = (connections: readonly RawConnection[]): void => {
  for (const { socket } of connections) socket.destroy();
};

/** Requests that never end: started before all other attacks, and looked at after them. */
export interface SlowAttacks {
  /** How long each connection lasted, in ms; infinite if it still does. */
  lifetimes(): readonly number[];
}

/** 400 slow bodies, half of them after a 401, 100 slow headers, and 100 connections and 100 WebSockets that send nothing. */
export const startSlowAttacks = (target: Endpoint): SlowAttacks => {
  const headers = { 'content-type': 'application/json', 'content-length': 10_000 };
  const upgrade = {
    // Of those without it, an address may hold only so many, which is attacked later.
    ...target.callerHeaders('slow'),
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': 13,
    'sec-websocket-key': `${'a'.repeat(22)}==`,
    'sec-websocket-protocol': 'graphql-transport-ws',
  };
  const connections = [
    ...times(200, () => openRaw(target, toRequest('POST /graphql', headers, '{'))),
    ...times(200, () =>
      openRaw(target, toRequest('POST /graphql', { ...headers, ...target.callerHeaders('slow') }, '{')),
    ),
    ...times(100, () => openRaw(target, 'POST /graphql HTTP/1.1\r\nhost: a\r\nx-a: ')),
    ...times(100, () => openRaw(target, '')),
    ...times(100, () => openRaw(target, toRequest('GET /graphql', upgrade))),
  ];
  const lifetimes = connections.map(() => Number.POSITIVE_INFINITY);
  for (const [n, { closed }] of connections.entries()) {
    void closed.then((ms) => {
      lifetimes[n] = ms;
    });
  }
  setInterval(() => {
    for (const { socket } of connections.slice(0, 500)) if (socket.writable) socket.write('x');
  }, 500);
  return { lifetimes: () => lifetimes };
};

/** What is done with connections, whoever may use them. */
export const connectionAttacks: readonly Attack[] = [
  {
    name: '2,000 requests without the secret, 200 of them with 900 kB that are not read',
    ...{ cpuMs: 2_500, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target) => {
      const small = toPost({ query: '{ __typename }' }, { connection: 'close' });
      const large = toRequest('POST /graphql', { 'content-length': 900_000 }, 'x'.repeat(900_000));
      for (let n = 0; n < 10; n += 1) {
        const connections = times(200, (m) => openRaw(target, m < 20 ? large : small));
        await Promise.all(connections.map(({ closed }) => closed));
        for (const { received } of connections.slice(20)) assert.match(received(), /^HTTP\/1\.1 401 /);
      }
    },
  },
  {
    name: '500 requests that are not HTTP, or whose headers are too large or too many',
    ...{ cpuMs: 1_000, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target) => {
      const bytes = [
        'GET / HTTP/9.9\r\n\r\n',
        `GET /graphql?query=${'a'.repeat(60_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
        toRequest('POST /graphql', { 'transfer-encoding': 'chunked', 'content-length': 5 }, 'hello'),
        toRequest('POST /graphql', Object.fromEntries(times(3_000, (n) => [`x${n}`, n]))),
        `${'\r\n'.repeat(5_000)}\0`,
      ];
      const connections = times(500, (n) => openRaw(target, bytes[n % bytes.length] ?? ''));
      await Promise.all(connections.map(({ closed }) => closed));
      for (const { received } of connections) assert.doesNotMatch(received(), /HTTP\/1\.1 (2|5)/);
      // An answer is lost where the connection is reset before it is read.
      for (const [kind] of bytes.entries()) {
        const ofKind = connections.filter((_, n) => n % bytes.length === kind);
        assert.ok(ofKind.some(({ received }) => /^HTTP\/1\.1 4/.test(received())));
      }
    },
  },
  {
    name: '40 pages of 1,000 tasks that nobody reads, and 5,000 requests on one connection that reads none of its answers',
    ...{ cpuMs: 4_000, holdUpMs: 200, peakMb: 550, calls: 0 },
    run: async (target) => {
      const headers = target.callerHeaders('deaf');
      const page = toPost(wholePage('zego:tencent:done-1'), headers);
      const connections = times(40, () => openRaw(target, page, false));
      const small = toPost({ query: '{ mediaTaskProviders { provider } }' }, headers);
      connections.push(openRaw(target, small.repeat(5_000), false));
      await sleep(1_500);
      closeAll(connections);
    },
  },
  {
    name: '45 sockets that ping 1 MB before the handshake, and never read',
    ...{ cpuMs: 1_500, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target) => {
      const sockets = await Promise.all(times(45, () => openSocket(target, {})));
      const closed = sockets.map(({ socket }) => once(socket, 'close'));
      for (const { socket } of sockets) {
        socket.send(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(1_000_000) } }));
      }
      await Promise.all(closed);
    },
  },
  {
    name: '700 sockets without the secret, of which 500 are opened',
    ...{ cpuMs: 1_500, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target) => {
      const sockets = await Promise.all(times(700, () => openSocket(target, {})));
      const outcomes = Map.groupBy(sockets, ({ outcome }) => outcome);
      const [open = 0, refused = 0] = ['open', 503].map((outcome) => outcomes.get(outcome)?.length);
      assert.equal(open + refused, 700);
      // On a slow machine the first are closed, for want of a handshake, before the last have come.
      assert.ok(open >= 500 && refused > 0);
      for (const { socket } of sockets) socket.terminate();
    },
  },
  {
    name: 'a socket behind the router that pings 1,000 times with 200 kB and does not read',
    ...{ cpuMs: 4_000, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target) => {
      const { socket } = await openSocket(target, target.callerHeaders('attacker'));
      const closed = once(socket, 'close');
      socket.send('{"type":"connection_init"}');
      await once(socket, 'message');
      socket.pause();
      const ping = JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(200_000) } });
      for (let n = 0; n < 1_000 && socket.readyState === socket.OPEN; n += 1) {
        socket.send(ping);
        if (n % 50 === 0) await sleep(5);
      }
      socket.resume();
      socket.terminate();
      await closed;
    },
  },
  {
    name: 'sockets behind the router that send a message in 100,000 fragments, and 100,000 pings of which they read no answer',
    ...{ cpuMs: 4_000, holdUpMs: 200, peakMb: 550, calls: 0 },
    run: async (target) => {
      const [fragments, pings] = await Promise.all(
        times(2, () => openSocket(target, target.callerHeaders('attacker'))),
      );
      for (const socket of [fragments?.socket, pings?.socket]) {
        if (!socket) throw new Error('No socket was opened.');
        const closed = once(socket, 'close');
        socket.send('{"type":"connection_init"}');
        await once(socket, 'message');
        if (socket === pings?.socket) socket.pause();
        for (let n = 0; n < 100_000 && socket.readyState === socket.OPEN; n += 1) {
          if (socket === pings?.socket) socket.ping('x'.repeat(125));
          else socket.send('x', { fin: false });
          if (n % 5_000 === 0) await sleep(2);
        }
        await sleep(100);
        socket.resume();
        socket.terminate();
        await closed;
      }
    },
  },
  {
    name: '500 event streams of which one is read',
    ...{ cpuMs: 2_000, holdUpMs: 200, peakMb: 500, calls: 4, callsPerSecond: 2 },
    run: async (target) => {
      const headers = { ...target.callerHeaders('streams'), accept: 'text/event-stream' };
      const bytes = toPost(subscription(['zego:tencent:done-1', 'zego:tencent:evolving-1']), headers);
      const connections = times(500, (n) => openRaw(target, bytes, n === 0));
      const [first] = connections;
      await until(() => first?.received().includes('event: next') ?? false, { what: 'an event' });
      await sleep(1_000);
      closeAll(connections);
    },
  },
];
