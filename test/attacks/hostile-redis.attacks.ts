import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { report } from '../faults/support/checks.ts';
import { readMemory } from '../faults/support/children.ts';
import { askOne } from '../faults/support/graph.ts';
import { ask, newId } from '../faults/support/load.ts';
import { type Replica, startReplica } from '../faults/support/replica.ts';
import { openVendors, type Vendors } from '../faults/support/sandbox.ts';
import { credentialVariables } from '../faults/support/test-credentials.ts';
import { until } from '../faults/support/time.ts';

/**
 * A server in the place of Redis that answers each connection in another wrong way. The process lives, and answers. Nodes of a
 * cluster and sentinels are believed what they say of each other: a hostile one of these can end the process.
 */

const megabyte = 2 ** 20;
const flood = Buffer.alloc(megabyte, 'x');

/** Sends for as long as somebody reads, 2 GB at most. */
const sendWithoutEnd = (socket: Socket): void => {
  let sent = 0;
  const send = (): void => {
    while (sent < 2_000 && !socket.destroyed) {
      sent += 1;
      if (socket.write(flood)) continue;
      socket.once('drain', send);
      return;
    }
  };
  send();
};

/** What is sent for each piece of data that comes. */
const replies: Readonly<Record<string, string | ((socket: Socket) => void)>> = {
  'OK to everything': '+OK\r\n',
  'a number to everything': ':1\r\n',
  'null to everything': '$-1\r\n',
  'a null list to everything': '*-1\r\n',
  'an error to everything': '-ERR no\r\n',
  'an error without end': (socket) => {
    socket.write('-');
    sendWithoutEnd(socket);
  },
  'lists within lists, without end': '*1\r\n'.repeat(100_000),
  'a list that is longer than memory': '*2147483647\r\n',
  'a text of a size that cannot be': '$99999999999999999999\r\n',
  'a text of 2 GB': (socket) => {
    socket.write('$2000000000\r\n');
    sendWithoutEnd(socket);
  },
  'negative lengths': '$-7\r\n*-7\r\n',
  'no protocol at all': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  'many replies to one command': '+OK\r\n'.repeat(1_000),
  'messages that nobody subscribed to':
    '*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$1\r\ny\r\n*3\r\n:1\r\n*0\r\n$-1\r\n',
  'lists of lists': '*2\r\n*2\r\n:0\r\n*0\r\n*2\r\n:1\r\n:2\r\n',
  silence: '',
  'the end of the connection': (socket) => socket.destroy(),
};
const kinds = Object.keys(replies);

interface HostileRedis {
  readonly port: number;
  /** How often each kind of reply was sent. */
  readonly sent: Map<string, number>;
  close(): void;
}

const openHostileRedis = async (): Promise<HostileRedis> => {
  const sent = new Map(kinds.map((kind) => [kind, 0]));
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    const kind = kinds[connections % kinds.length] ?? '';
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    // So that each kind gets its turn, whatever is made of it.
    setTimeout(() => socket.destroy(), 1_500).unref();
    socket.on('data', () => {
      const reply = replies[kind] ?? '';
      sent.set(kind, (sent.get(kind) ?? 0) + 1);
      if (typeof reply === 'string') socket.write(reply);
      else if ((sent.get(kind) ?? 0) === 1 || kind.startsWith('the end')) reply(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    sent,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

describe('A replica whose Redis is hostile', () => {
  let vendors: Vendors;
  beforeAll(async () => {
    vendors = await openVendors();
  });
  afterAll(() => vendors?.close());

  test('lives, in bounded memory, and answers', async () => {
    const redis = await openHostileRedis();
    let replica: Replica | undefined;
    try {
      replica = await startReplica({
        ...vendors.environment,
        ...credentialVariables,
        NODE_OPTIONS: '--max-old-space-size=512',
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      });
      const { url } = replica;
      await until(async () => [...redis.sent.values()].every((count) => count > 0), {
        withinMs: 60_000,
        what: 'each kind of reply',
      });
      const isAnswering = async () => {
        const { tasks } = await ask(url, askOne(newId('zego')));
        return tasks.length === 1 && tasks[0]?.problem === null;
      };
      await until(isAnswering, { withinMs: 30_000, everyMs: 500, what: 'an answer' });
      expect(replica.errorOutput).toEqual([]);
      expect(replica.logLines.filter((line) => line.includes('Unhandled error'))).toEqual([]);
      report(`most memory ${(readMemory(replica.pid).peak / megabyte).toFixed(0)} MB`);
      expect(readMemory(replica.pid).peak / megabyte).toBeLessThan(700);
    } finally {
      await replica?.kill();
      redis.close();
    }
  });
});
