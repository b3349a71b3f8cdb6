import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What the network between a client and a server is like. Times in ms. */
export type Network =
  /** A round trip takes so much longer, and up to `jitterMs` more. One piece in a hundred takes `tailMs` more. */
  | {
      readonly kind: 'open';
      readonly roundTripMs?: number;
      readonly jitterMs?: number;
      readonly tailMs?: number;
    }
  /** Nothing gets through. What was sent arrives when the network is open again, as TCP has it. */
  | { readonly kind: 'silent' }
  /** Connections are reset, and new ones refused. */
  | { readonly kind: 'cut' };

export interface TcpProxy {
  readonly port: number;
  /** From now on, for open connections, too. */
  setNetwork(network: Network): void;
  close(): Promise<void>;
}

const tailShare = 0.01;

/** A connection between a client and a server on this machine over a network that can be made worse. */
export const openTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let network: Network = { kind: 'open' };
  const lines = new Set<Line>();
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };
  const join = (from: Socket, to: Socket) => {
    const line = createLine(() => network);
    lines.add(line);
    from.on('data', (piece) => line.carry(() => to.destroyed || to.write(piece)));
    // What was sent before the end arrives all the same.
    from.once('close', () =>
      line.carry(() => {
        lines.delete(line);
        to.destroySoon();
      }),
    );
  };

  const server = createServer({ noDelay: true }, (client) => {
    keep(client);
    if (network.kind === 'cut') return void client.resetAndDestroy();
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    keep(target);
    join(client, target);
    join(target, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    setNetwork: (next) => {
      network = next;
      if (next.kind === 'cut') for (const socket of sockets) socket.resetAndDestroy();
      for (const line of lines) line.deliver();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** One direction of a connection. */
interface Line {
  /** Takes a piece of data, or the end. @param arrive hands it over */
  carry(arrive: () => void): void;
  /** Hands over what is due. */
  deliver(): void;
}

const createLine = (getNetwork: () => Network): Line => {
  const pieces: { readonly arrive: () => void; readonly dueAt: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliver = (): void => {
    clearTimeout(timer);
    if (getNetwork().kind !== 'open') return;
    for (let [first] = pieces; first && first.dueAt <= performance.now(); [first] = pieces) {
      pieces.shift();
      first.arrive();
    }
    const [next] = pieces;
    // Timers may fire a little early: then they are set again.
    if (next) timer = setTimeout(deliver, Math.max(1, Math.ceil(next.dueAt - performance.now())));
  };
  return {
    deliver,
    carry: (arrive) => {
      const delayMs = toDelayMs(getNetwork());
      if (delayMs === 0 && pieces.length === 0) {
        arrive();
        return;
      }
      // Bytes do not overtake each other: one timer for all, as timers of their own fire in any order.
      const dueAt = Math.max(performance.now() + delayMs, pieces.at(-1)?.dueAt ?? 0);
      pieces.push({ arrive, dueAt });
      deliver();
    },
  };
};

/** What one direction adds. While nothing gets through, pieces wait. */
const toDelayMs = (network: Network): number => {
  if (network.kind !== 'open') return Number.EPSILON;
  const { roundTripMs = 0, jitterMs = 0, tailMs = 0 } = network;
  const isTail = tailMs > 0 && Math.random() < tailShare;
  return roundTripMs / 2 + (Math.random() * jitterMs) / 2 + (isTail ? tailMs : 0);
};
