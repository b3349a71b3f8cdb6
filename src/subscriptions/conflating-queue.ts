/**
 * What is waiting for one reader, the latest for each key only: a slow reader misses what has been overtaken, and never
 * makes anything pile up.
 */
export interface ConflatingQueue<Item> extends AsyncIterableIterator<Item, undefined> {
  put(key: string, item: Item): void;
  /** Nothing more will come: the reader is done after reading what is there. */
  end(): void;
  /** Resolves when the reader has read all that is there and asks for more, or has gone away. */
  whenRead(): Promise<void>;
}

/** @param onReturn called once, when the reader has read all or has gone away */
export const createConflatingQueue = <Item>(onReturn: () => void): ConflatingQueue<Item> => {
  const items = new Map<string, Item>();
  let waiting: PromiseWithResolvers<void> | undefined;
  let read = Promise.withResolvers<void>();
  let hasEnded = false;
  let hasReturned = false;

  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };

  const leave = (): void => {
    if (hasReturned) return;
    hasReturned = true;
    items.clear();
    read.resolve();
    onReturn();
  };

  const next = async (): Promise<IteratorResult<Item, undefined>> => {
    for (;;) {
      const [first] = items;
      if (first) {
        const [key, value] = first;
        items.delete(key);
        return { done: false, value };
      }
      if (hasEnded) {
        leave();
        return { done: true, value: undefined };
      }
      read.resolve();
      waiting ??= Promise.withResolvers();
      await waiting.promise;
    }
  };

  const end = (): void => {
    hasEnded = true;
    wake();
  };

  return {
    put: (key, item) => {
      if (hasEnded) return;
      items.set(key, item);
      if (!hasReturned) read = Promise.withResolvers();
      wake();
    },
    end,
    whenRead: () => read.promise,
    next,
    return: async () => {
      leave();
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
