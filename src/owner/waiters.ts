import { createHeap } from './heap.ts';

/** A replica that waits for an item, until a moment of its own. */
export interface Waiter<Item> {
  readonly item: Item;
  readonly replica: string;
  readonly latestAt: number;
}

/** Which replicas wait for what, and for how long. */
export interface Waiters<Item> {
  /** Waits until this moment at least. */
  add(waiter: Waiter<Item>): void;
  /** Until when the replica waits for the item; infinitely long ago when it does not. */
  latestAt(item: Item, replica: string): number;
  /** Nobody waits for the item any more. */
  forget(item: Item): void;
  /** Those that do not wait beyond this moment. They are removed. */
  takeUntil(moment: number): readonly Waiter<Item>[];
  /** When the first stops waiting; infinite when nobody waits. */
  readonly nextAt: number;
}

export const createWaiters = <Item>(): Waiters<Item> => {
  const latestByReplica = new Map<Item, Map<string, number>>();
  /** Holds those, too, that have been forgotten or wait longer by now, until they come to its front. */
  const heap = createHeap<Waiter<Item>>((left, right) => left.latestAt < right.latestAt);

  const latestAt = (item: Item, replica: string): number =>
    latestByReplica.get(item)?.get(replica) ?? Number.NEGATIVE_INFINITY;

  /** The first that still waits as it says. */
  const findFirst = (): Waiter<Item> | undefined => {
    for (let { first } = heap; first; first = heap.first) {
      if (latestAt(first.item, first.replica) === first.latestAt) return first;
      heap.shift();
    }
    return undefined;
  };

  return {
    latestAt,
    add: (waiter) => {
      const { item, replica } = waiter;
      if (latestAt(item, replica) >= waiter.latestAt) return;
      const replicas = latestByReplica.get(item) ?? new Map<string, number>();
      latestByReplica.set(item, replicas.set(replica, waiter.latestAt));
      heap.push(waiter);
    },
    forget: (item) => {
      latestByReplica.delete(item);
    },
    takeUntil: (moment) => {
      const taken: Waiter<Item>[] = [];
      for (let first = findFirst(); first && first.latestAt <= moment; first = findFirst()) {
        latestByReplica.get(first.item)?.delete(first.replica);
        taken.push(first);
      }
      return taken;
    },
    get nextAt() {
      return findFirst()?.latestAt ?? Number.POSITIVE_INFINITY;
    },
  };
};
