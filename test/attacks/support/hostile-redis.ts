import { createServer, type Server, type Socket } from 'node:net';

/** Servers in the place of Redis that answer each connection in another wrong way. */

export const megabyte = 2 ** 20;
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
type Reply = string | ((socket: Socket) => void);
type Replies = Readonly<Record<string, Reply>>;

export const anyReplies: Replies = {
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

type Item = string | number | null | readonly Item[];

/** In Redis' protocol. */
const toReply = (item: Item): string => {
  if (item === null) return '$-1\r\n';
  if (typeof item === 'number') return `:${item}\r\n`;
  return typeof item === 'string'
    ? `$${Buffer.byteLength(item)}\r\n${item}\r\n`
    : `*${item.length}\r\n${item.map(toReply).join('')}`;
};

const host = '127.0.0.1';

const redirections: Replies = Object.fromEntries(
  ['MOVED', 'ASK'].flatMap((word) =>
    ['', ' 1', ' x', ' 1 nowhere', ` 1 ${host}:99999999`, ` 9999999999 ${host}:1`, ` 1 ${host}:1`].map(
      (rest) => [`"${word}${rest}" to everything`, `-${word}${rest}\r\n`],
    ),
  ),
);

const toNodes = (port: number): Replies => ({
  ...anyReplies,
  'a map of all slots': toReply([[0, 16_383, [host, port, 'a']]]),
  'a range of slots without end': toReply([[0, Number.MAX_SAFE_INTEGER, [host, port]]]),
  'slots of no node': toReply([[0, 16_383, null]]),
  'slots of texts': toReply(['a', 'b']),
  'a text as the map of slots': toReply('slots'),
  'nodes that are texts': toReply([[0, 16_383, 'a', 'b']]),
  'ports that cannot be': toReply([
    [0, 5, [host, 99_999_999]],
    [6, 16_383, [host, -1]],
  ]),
  'a host that is a list': toReply([[0, 16_383, [[host], port]]]),
  'slots of 100,000 nodes': toReply(
    Array.from({ length: 100_000 }, (_, n) => [0, 1, [host, n % 65_536, 'a']]),
  ),
});

const toSentinels = (port: number): Replies => ({
  ...anyReplies,
  'the address of a primary': toReply([host, String(port)]),
  'a port that cannot be': toReply([host, '99999999']),
  'a port that is none': toReply([host, 'x']),
  'a host that is a list': toReply([[host], String(port)]),
  'an empty address': toReply([]),
  'a primary, and 1,000 sentinels':
    toReply([host, String(port)]) +
    toReply(Array.from({ length: 1_000 }, (_, n) => ['ip', `127.1.${n >> 8}.${n & 255}`, 'port', '1'])),
});

export interface HostileRedis {
  readonly port: number;
  /** How often each kind of reply was sent. */
  readonly sent: ReadonlyMap<string, number>;
  close(): void;
}

interface Role {
  readonly isSpecial: (command: string) => boolean;
  readonly special: (port: number) => Replies;
  readonly others: Replies;
}

const none: Replies = {};

export const roles: Readonly<Record<'server' | 'node' | 'sentinel', Role>> = {
  server: { isSpecial: () => false, special: () => none, others: anyReplies },
  node: {
    isSpecial: (command) => /slots/i.test(command),
    special: toNodes,
    others: { ...anyReplies, ...redirections },
  },
  sentinel: {
    isSpecial: (command) => /sentinel|switch-master/i.test(command),
    special: toSentinels,
    others: anyReplies,
  },
};

/** Each kind gets its turn, whatever is made of it: connections are cut soon. */
const longestConnectionMs = 1_500;

/** What is said of itself is short. */
const longestSpecialMs = 300;

export const openHostileRedis = async ({ isSpecial, special, others }: Role): Promise<HostileRedis> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const sent = new Map<string, number>();
  const createCycle = (prefix: string, replies: Replies) => {
    const kinds = Object.entries(replies);
    for (const [kind] of kinds) sent.set(prefix + kind, 0);
    let next = 0;
    return (): readonly [kind: string, reply: Reply] => {
      const [kind, reply] = kinds[next % kinds.length] ?? ['', ''];
      next += 1;
      return [prefix + kind, reply];
    };
  };
  const nextSpecial = createCycle('about itself: ', special(port));
  const nextOther = createCycle('', others);
  server.on('connection', (socket) => {
    let chosen: readonly [kind: string, reply: Reply] | undefined;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    setTimeout(() => socket.destroy(), longestConnectionMs).unref();
    socket.on('data', (data) => {
      const commands = String(data);
      // ioredis introduces itself first, and asks then.
      const introductions = commands.match(/\bclient\r\n/gi)?.length ?? 0;
      socket.write('+OK\r\n'.repeat(introductions));
      if (introductions > 0 && !isSpecial(commands)) return;
      const isFirst = chosen === undefined;
      if (isFirst && isSpecial(commands)) setTimeout(() => socket.destroy(), longestSpecialMs).unref();
      chosen ??= isSpecial(commands) ? nextSpecial() : nextOther();
      const [kind, reply] = chosen;
      sent.set(kind, (sent.get(kind) ?? 0) + 1);
      if (typeof reply === 'string') socket.write(reply);
      else if (isFirst) reply(socket);
    });
  });
  return {
    port,
    sent,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
