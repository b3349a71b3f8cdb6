import { LRUCache } from 'lru-cache';

/** Half an hour of new nonces or task ids at the largest documented quota. */
const ENTRIES_KEPT = 100_000;

/**
 * A map of the entries used last. Bounded by `maxSize`, because `max` would allocate the room for all entries at
 * once, and every test opens a sandbox.
 */
export function createMemory<Value extends string | number | boolean>(): LRUCache<string, Value> {
  return new LRUCache({ maxSize: ENTRIES_KEPT, sizeCalculation: () => 1 });
}
