import { Agent } from 'node:http';
import { allAttacks } from './all.ts';
import { toEndpoint } from './attack.ts';
import { startSlowAttacks } from './connections.ts';
import { yieldProcessor } from './yield-processor.ts';

/** The attackers, in a process of their own: what they compute delays neither the vendors nor the honest client. */

export type Order =
  | { readonly kind: 'start-slow' | 'slow-lifetimes' }
  | { readonly kind: 'run'; readonly name: string };

export interface Reply {
  /** Why the server did not hold what it promises. */
  readonly failure?: string | undefined;
  /** See `SlowAttacks.lifetimes`; null for those that are still open. */
  readonly lifetimes?: readonly (number | null)[];
}

// As from machines of their own: they take no processor time from the server or the honest client.
yieldProcessor();

const endpoint = toEndpoint(Number(process.argv[2]));
const agent = new Agent({ keepAlive: true, maxSockets: 50 });
let lifetimes: () => readonly number[] = () => [];

const obey = async (order: Order): Promise<Reply> => {
  if (order.kind === 'start-slow') lifetimes = startSlowAttacks(endpoint).lifetimes;
  if (order.kind === 'slow-lifetimes')
    return { lifetimes: lifetimes().map((ms) => (Number.isFinite(ms) ? ms : null)) };
  if (order.kind === 'run') {
    const attack = allAttacks.find(({ name }) => name === order.name);
    if (!attack) throw new Error(`There is no such attack: ${order.name}`);
    await attack.run(endpoint, agent);
  }
  return {};
};

process.on('message', (order: Order) => {
  obey(order).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
