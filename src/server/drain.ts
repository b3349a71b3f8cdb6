import { Server as NetServer } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

export interface DrainOptions {
  /** How long the server goes on answering after `close`. */
  readonly delayMs: number;
  /** Ends all subscriptions, after what is waiting for their clients has been sent. */
  readonly endSubscriptions: () => Promise<void>;
}

/** The first request on a connection arrives within this time after the connection is accepted. */
const firstRequestMs = 100;

/**
 * Makes `close` a graceful shutdown: subscriptions are ended, requests are answered for `delayMs` more with
 * `Connection: close`, then no connection is accepted any more, and requests in progress are finished.
 * @returns whether the shutdown has begun
 */
export const drainOnClose = (
  server: FastifyInstance,
  { delayMs, endSubscriptions }: DrainOptions,
): (() => boolean) => {
  let isDraining = false;
  server.addHook('preClose', async () => {
    isDraining = true;
    await Promise.all([endSubscriptions(), setTimeout(delayMs)]);
    await stopListening(server.server);
    await setTimeout(Math.min(delayMs, firstRequestMs));
  });
  // An idle connection would delay the end of the process.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining) reply.header('connection', 'close');
    done();
  });
  return () => isDraining;
};

/**
 * Stops accepting connections and keeps the open ones. The operating system resets those that are not accepted yet;
 * Node accepts one in each turn of the event loop, so this waits for a turn without a new connection.
 */
const stopListening = async (server: NetServer): Promise<void> => {
  let hasAccepted = true;
  server.on('connection', () => {
    hasAccepted = true;
  });
  const deadline = performance.now() + firstRequestMs;
  while (hasAccepted && performance.now() < deadline) {
    hasAccepted = false;
    await setImmediate();
  }
  NetServer.prototype.close.call(server);
};
