import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { sleep } from './time.ts';

/** What a connection through the proxy suffers. */
export type Mischief =
  | { readonly kind: 'none' }
  /** Answers come so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Requests are taken and go nowhere. */
  | { readonly kind: 'hang' }
  /** The connection is reset when the request has come. */
  | { readonly kind: 'reset-before-headers' }
  /** The connection is reset when the reply's headers have gone through. */
  | { readonly kind: 'reset-after-headers' }
  /** The reply comes a byte at a time. */
  | { readonly kind: 'drip'; readonly ms: number }
  /** The reply ends after so many bytes. */
  | { readonly kind: 'truncate'; readonly bytes: number };

export interface TcpProxy {
  readonly port: number;
  /** From now on, for open connections, too. */
  play(mischief: Mischief): void;
  close(): Promise<void>;
}

/** Stands between a client and a server on this machine, and spoils what passes. */
export const openTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let mischief: Mischief = { kind: 'none' };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };

  const server = createServer((client) => {
    keep(client);
    const target = connect(targetPort, '127.0.0.1');
    keep(target);
    client.once('close', () => target.destroy());
    client.on('data', (piece) => {
      if (mischief.kind === 'hang') return;
      if (mischief.kind === 'reset-before-headers') client.resetAndDestroy();
      else target.write(piece);
    });
    const deliver = createDelivery(client);
    target.on('data', (piece) => deliver(piece, mischief));
    target.once('close', () => deliver(undefined, mischief));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    play: (next) => {
      mischief = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Passes the pieces of replies on, one after the other, each as the mischief has it; undefined is the end. */
const createDelivery = (client: Socket): ((piece: Buffer | undefined, mischief: Mischief) => void) => {
  let before = Promise.resolve();
  let passed = 0;
  const pass = async (piece: Buffer | undefined, mischief: Mischief): Promise<void> => {
    if (client.destroyed) return;
    if (!piece) {
      client.end();
      return;
    }
    switch (mischief.kind) {
      case 'latency':
        await sleep(mischief.ms);
        client.write(piece);
        return;
      case 'drip':
        for (const byte of piece) {
          if (client.destroyed) return;
          client.write(Buffer.of(byte));
          await sleep(mischief.ms);
        }
        return;
      case 'truncate':
        if (passed < mischief.bytes) client.write(piece.subarray(0, mischief.bytes - passed));
        passed += piece.length;
        if (passed >= mischief.bytes) client.end();
        return;
      case 'reset-after-headers': {
        const end = piece.indexOf('\r\n\r\n');
        client.write(end < 0 ? piece : piece.subarray(0, end + 4), () => client.resetAndDestroy());
        return;
      }
      default:
        client.write(piece);
    }
  };
  return (piece, mischief) => {
    before = before.then(() => pass(piece, mischief));
  };
};
