import { createHeap } from './heap.ts';

/** One item in a hot queue, to find it again. */
export interface HotPlace<Item> {
  readonly item: Item;
  /** From when on it may be taken. */
  readonly dueAt: number;
  /** When the answer that is to be renewed was given. */
  readonly knownAt: number;
}

/** Renewals: nothing before it falls due, and of those that are due the oldest answer first, so that ages stay even. */
export interface HotQueue<Item> {
  readonly length: number;
  /** How many are due. */
  dueLength(now: number): number;
  /** When the first falls due that is not due yet; infinite when there is none. */
  readonly nextDueAt: number;
  add(item: Item, dueAt: number, knownAt: number): HotPlace<Item>;
  take(now: number): Item | undefined;
  remove(place: HotPlace<Item>): void;
}

interface OwnPlace<Item> extends HotPlace<Item> {
  state: 'later' | 'due' | 'removed';
}

export const createHotQueue = <Item>(): HotQueue<Item> => {
  const later = createHeap<OwnPlace<Item>>((left, right) => left.dueAt < right.dueAt);
  const due = createHeap<OwnPlace<Item>>((left, right) => left.knownAt < right.knownAt);
  const lengths = { later: 0, due: 0 };

  const leave = (place: OwnPlace<Item>): void => {
    if (place.state === 'removed') return;
    lengths[place.state] -= 1;
    place.state = 'removed';
  };

  /** Removed ones stay in their heap until they come to its front. */
  const dropRemoved = (): void => {
    while (later.first?.state === 'removed') later.shift();
    while (due.first?.state === 'removed') due.shift();
  };

  const promote = (now: number): void => {
    for (dropRemoved(); later.first && later.first.dueAt <= now; dropRemoved()) {
      const place = later.shift() as OwnPlace<Item>;
      lengths.later -= 1;
      lengths.due += 1;
      place.state = 'due';
      due.push(place);
    }
  };

  return {
    get length() {
      return lengths.later + lengths.due;
    },
    dueLength: (now) => {
      promote(now);
      return lengths.due;
    },
    get nextDueAt() {
      dropRemoved();
      return later.first?.dueAt ?? Number.POSITIVE_INFINITY;
    },
    add: (item, dueAt, knownAt) => {
      const place: OwnPlace<Item> = { item, dueAt, knownAt, state: 'later' };
      lengths.later += 1;
      later.push(place);
      return place;
    },
    take: (now) => {
      promote(now);
      const place = due.shift();
      if (place) leave(place);
      return place?.item;
    },
    remove: (place) => leave(place as OwnPlace<Item>),
  };
};
