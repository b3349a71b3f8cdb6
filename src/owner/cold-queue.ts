import { createFairQueue, type Place } from './fair-queue.ts';

/** What one call asks for. */
interface Batch<Item> {
  readonly typename: string;
  readonly caller: string;
  readonly items: Set<Item>;
}

/** One call that waits for its permit. */
export type ColdPlace<Item> = Place<Batch<Item>>;

/** What somebody waits for: callers take turns, and items of one type and caller share a call as far as it holds them. */
export interface ColdQueue<Item> {
  /** How many calls wait. */
  readonly length: number;
  /** How many calls of the caller wait. */
  lengthOf(caller: string): number;
  add(item: Item, typename: string, caller: string): ColdPlace<Item>;
  remove(item: Item, place: ColdPlace<Item>): void;
  /** What the next call asks for; empty when there is none. */
  take(): readonly Item[];
  /** How many calls go before this one. */
  aheadOf(place: ColdPlace<Item>): number;
  /** How many calls would go before the one of an item that is added now. */
  aheadOfNext(typename: string, caller: string): number;
}

/** @param maxBatchOf how many items of a type fit in one call */
export const createColdQueue = <Item>(maxBatchOf: (typename: string) => number): ColdQueue<Item> => {
  const queue = createFairQueue<Batch<Item>>();
  /** The last call of each type and caller. */
  const last = new Map<string, ColdPlace<Item>>();

  const toKey = (typename: string, caller: string): string => `${typename} ${caller}`;

  const findOpen = (typename: string, caller: string): ColdPlace<Item> | undefined => {
    const place = last.get(toKey(typename, caller));
    return place && place.item.items.size < maxBatchOf(typename) ? place : undefined;
  };

  const close = (batch: Batch<Item>): void => {
    const key = toKey(batch.typename, batch.caller);
    if (last.get(key)?.item === batch) last.delete(key);
  };

  const create = (typename: string, caller: string): ColdPlace<Item> => {
    const place = queue.add({ typename, caller, items: new Set() }, caller);
    if (maxBatchOf(typename) > 1) last.set(toKey(typename, caller), place);
    return place;
  };

  return {
    get length() {
      return queue.length;
    },
    lengthOf: queue.lengthOf,
    add: (item, typename, caller) => {
      const place = findOpen(typename, caller) ?? create(typename, caller);
      place.item.items.add(item);
      return place;
    },
    remove: (item, place) => {
      place.item.items.delete(item);
      if (place.item.items.size > 0) return;
      close(place.item);
      queue.remove(place);
    },
    take: () => {
      const batch = queue.take();
      if (!batch) return [];
      close(batch);
      return [...batch.items];
    },
    aheadOf: queue.aheadOf,
    aheadOfNext: (typename, caller) => {
      const place = findOpen(typename, caller);
      return place ? queue.aheadOf(place) : queue.aheadOfNext(caller);
    },
  };
};
