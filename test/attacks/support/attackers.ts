import { once } from 'node:events';
import { endChild, forkChild } from '../../faults/support/children.ts';
import type { Order, Reply } from './attackers-process.ts';

export interface Attackers {
  /** Rejects when the server did not hold what it promises. */
  run(name: string): Promise<void>;
  /** Starts requests that never end. */
  startSlow(): Promise<void>;
  /** How long each of those lasted, in ms; null if it still does. */
  slowLifetimes(): Promise<readonly (number | null)[]>;
  close(): Promise<void>;
}

/** One order at a time. */
export const openAttackers = (port: number): Attackers => {
  const child = forkChild('test/attacks/support/attackers-process.ts', [String(port)]);
  child.stderr?.pipe(process.stderr);
  const order = async (message: Order): Promise<Reply> => {
    const replied = once(child, 'message');
    child.send(message);
    const [reply] = (await replied) as [Reply];
    if (reply.failure !== undefined) throw new Error(reply.failure);
    return reply;
  };
  return {
    run: async (name) => {
      await order({ kind: 'run', name });
    },
    startSlow: async () => {
      await order({ kind: 'start-slow' });
    },
    slowLifetimes: async () => (await order({ kind: 'slow-lifetimes' })).lifetimes ?? [],
    close: () => endChild(child),
  };
};
