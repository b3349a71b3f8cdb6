/** First in, first out, each in constant time on average; an array's own `shift` moves all that are behind. */
export interface Fifo<Item> {
  readonly length: number;
  readonly first: Item | undefined;
  push(item: Item): void;
  shift(): Item | undefined;
}

/** Shorter ones are not worth moving. */
const shortestToCompact = 32;

export const createFifo = <Item>(): Fifo<Item> => {
  let items: Item[] = [];
  let head = 0;
  return {
    get length() {
      return items.length - head;
    },
    get first() {
      return items[head];
    },
    push: (item) => {
      items.push(item);
    },
    shift: () => {
      const item = items[head];
      if (head < items.length) head += 1;
      if (head > shortestToCompact && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
};
