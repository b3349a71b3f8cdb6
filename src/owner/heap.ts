/** A binary heap: the first by `isBefore` comes out first, each in logarithmic time. */
export interface Heap<Item> {
  readonly length: number;
  readonly first: Item | undefined;
  push(item: Item): void;
  shift(): Item | undefined;
}

export const createHeap = <Item>(isBefore: (left: Item, right: Item) => boolean): Heap<Item> => {
  const items: Item[] = [];

  const isOutOfOrder = (above: number, below: number): boolean =>
    below < items.length && isBefore(items[below] as Item, items[above] as Item);

  const swap = (left: number, right: number): void => {
    [items[left], items[right]] = [items[right] as Item, items[left] as Item];
  };

  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!isOutOfOrder(above, at)) return;
      swap(above, at);
      at = above;
    }
  };

  const sink = (): void => {
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      const least = isOutOfOrder(left, left + 1) ? left + 1 : left;
      if (!isOutOfOrder(at, least)) return;
      swap(at, least);
      at = least;
    }
  };

  return {
    get length() {
      return items.length;
    },
    get first() {
      return items[0];
    },
    push: (item) => {
      items.push(item);
      rise(items.length - 1);
    },
    shift: () => {
      const [first] = items;
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink();
      }
      return first;
    },
  };
};
