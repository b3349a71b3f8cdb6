import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const isSpare = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/**
 * A port that was free a moment ago. It is below those from which systems take the ports of outgoing connections (32768 on
 * Linux), so that none of them takes it before it is used.
 */
export const findSparePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isSpare(port)) return port;
  }
};
