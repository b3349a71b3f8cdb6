/**
 * A queue for one reader that keeps only the latest value of each key: a slow reader misses intermediate values, and memory
 * stays bounded.
 */
export interface ConflatingQueue<Item> extends AsyncIterableIterator<Item, undefined> {
  put(key: string, item: Item): void;
  /** Ends the queue: the reader still gets what is queued. */
  end(): void;
  /** Resolves when the reader has read everything and asks for more, or has returned. */
  whenRead(): Promise<void>;
}

/**
 * @param onReturn called once, when the reader has read everything or has returned
 * @param onConflated called when a value takes the place of one that was not read
 */
export const createConflatingQueue = <Item>(
  onReturn: () => void,
  onConflated: () => void = () => {},
): ConflatingQueue<Item> => {
  const items = new Map<string, Item>();
  let waiting: PromiseWithResolvers<void> | undefined;
  let read = Promise.withResolvers<void>();
  let hasEnded = false;
  let hasReturned = false;

  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };

  const onDone = (): void => {
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
        onDone();
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
      if (items.has(key)) onConflated();
      items.set(key, item);
      if (!hasReturned) read = Promise.withResolvers();
      wake();
    },
    end,
    whenRead: () => read.promise,
    next,
    return: async () => {
      onDone();
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
