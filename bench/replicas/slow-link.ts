import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How far away a server is. */
export interface Distance {
  /** What a request and its reply need on their way together, in ms. */
  readonly roundTripMs: number;
  /** One piece of data in a hundred needs so much longer, in ms. */
  readonly tailMs: number;
}

export interface SlowLink {
  readonly port: number;
  close(): void;
}

const tailShare = 0.01;

/** Stands before a server on this machine, and lets it seem far away. */
export const openSlowLink = async (targetPort: number, distance: Distance): Promise<SlowLink> => {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, target]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
    }
    relay(client, target, distance);
    relay(target, client, distance);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** Each piece takes its time, and none overtakes another: what follows a late one is late, too, as in TCP. */
const relay = (from: Socket, to: Socket, { roundTripMs, tailMs }: Distance): void => {
  let arrivesAt = 0;
  const deliver = (arrive: () => void): void => {
    const wayMs = roundTripMs / 2 + (Math.random() < tailShare ? tailMs : 0);
    const now = performance.now();
    arrivesAt = Math.max(arrivesAt, now + wayMs);
    if (wayMs === 0 && arrivesAt <= now) arrive();
    else setTimeout(arrive, arrivesAt - now);
  };
  from.on('data', (piece) => deliver(() => to.write(piece)));
  from.on('end', () => deliver(() => to.end()));
  from.on('close', () => deliver(() => to.destroy()));
};
