/**
 * What is waiting for one reader, the latest for each subject only: a slow reader misses what has been overtaken, and
 * never makes anything pile up.
 */
export interface Mailbox<Letter> extends AsyncIterableIterator<Letter, undefined> {
  put(subject: string, letter: Letter): void;
  /** Nothing more will come: the reader is done after reading what is there. */
  end(): void;
  /** Resolves when the reader has read all that is there and asks for more, or has gone away. */
  whenRead(): Promise<void>;
}

/** @param onReturn called once, when the reader has read all or has gone away */
export const createMailbox = <Letter>(onReturn: () => void): Mailbox<Letter> => {
  const letters = new Map<string, Letter>();
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
    letters.clear();
    read.resolve();
    onReturn();
  };

  const next = async (): Promise<IteratorResult<Letter, undefined>> => {
    for (;;) {
      const [first] = letters;
      if (first) {
        const [subject, value] = first;
        letters.delete(subject);
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
    put: (subject, letter) => {
      if (hasEnded) return;
      letters.set(subject, letter);
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
