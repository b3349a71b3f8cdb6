import { createFifo, type Fifo } from './fifo.ts';

/** One item in a fair queue, to find it again. */
export interface Place<Item> {
  readonly item: Item;
  readonly caller: string;
}

/**
 * Round robin over callers, and for each caller first in, first out: one with a single item waits for at most one item
 * of each other caller.
 */
export interface FairQueue<Item> {
  readonly length: number;
  add(item: Item, caller: string): Place<Item>;
  take(): Item | undefined;
  remove(place: Place<Item>): void;
  /** How many items go before this one; at most so many, as some of the last round may go after it. */
  aheadOf(place: Place<Item>): number;
  /** How many items would go before one that the caller adds now. */
  aheadOfNext(caller: string): number;
  /** How many items of the caller wait. */
  lengthOf(caller: string): number;
}

interface Caller<Item> {
  readonly name: string;
  readonly places: Fifo<OwnPlace<Item>>;
  /** How many of `places` have left it, at its front. */
  passed: number;
  added: number;
  length: number;
}

interface OwnPlace<Item> extends Place<Item> {
  readonly of: Caller<Item>;
  readonly ordinal: number;
  isRemoved: boolean;
}

export const createFairQueue = <Item>(): FairQueue<Item> => {
  const callers = new Map<string, Caller<Item>>();
  let round = createFifo<Caller<Item>>();
  /** How many callers have at least so many items: the sum over the first n is how many items n rounds take. */
  const callersWith: number[] = [0];
  let length = 0;

  const sizeOfRounds = (rounds: number): number => {
    let size = 0;
    const last = Math.min(rounds, callersWith.length - 1);
    for (let least = 1; least <= last; least += 1) size += callersWith[least] as number;
    return size;
  };

  const grow = (caller: Caller<Item>): void => {
    caller.length += 1;
    length += 1;
    callersWith[caller.length] = (callersWith[caller.length] ?? 0) + 1;
  };

  const shrink = (caller: Caller<Item>): void => {
    callersWith[caller.length] = (callersWith[caller.length] ?? 0) - 1;
    caller.length -= 1;
    length -= 1;
    if (caller.length === 0) callers.delete(caller.name);
    // Callers whose items were all removed would stay in the round until somebody takes.
    if (length === 0) round = createFifo();
  };

  const join = (name: string): Caller<Item> => {
    const caller = { name, places: createFifo<OwnPlace<Item>>(), passed: 0, added: 0, length: 0 };
    callers.set(name, caller);
    round.push(caller);
    return caller;
  };

  const takeFirst = (caller: Caller<Item>): Item | undefined => {
    for (let place = caller.places.shift(); place; place = caller.places.shift()) {
      caller.passed += 1;
      if (place.isRemoved) continue;
      place.isRemoved = true;
      shrink(caller);
      return place.item;
    }
    return undefined;
  };

  return {
    get length() {
      return length;
    },
    add: (item, name) => {
      const caller = callers.get(name) ?? join(name);
      const place = { item, caller: name, of: caller, ordinal: caller.added, isRemoved: false };
      caller.added += 1;
      caller.places.push(place);
      grow(caller);
      return place;
    },
    take: () => {
      for (let caller = round.shift(); caller; caller = round.shift()) {
        const item = takeFirst(caller);
        if (caller.length > 0) round.push(caller);
        if (item !== undefined) return item;
      }
      return undefined;
    },
    remove: (place) => {
      const own = place as OwnPlace<Item>;
      if (own.isRemoved) return;
      own.isRemoved = true;
      shrink(own.of);
    },
    aheadOf: (place) => {
      const { ordinal, of } = place as OwnPlace<Item>;
      return Math.max(0, sizeOfRounds(Math.min(ordinal - of.passed + 1, of.length)) - 1);
    },
    aheadOfNext: (name) => {
      const own = callers.get(name)?.length ?? 0;
      // Those who have more than this caller may still take their turn of the round before it takes its own.
      return sizeOfRounds(own + 1);
    },
    lengthOf: (name) => callers.get(name)?.length ?? 0,
  };
};
