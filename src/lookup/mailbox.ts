/**
 * What is waiting for one reader, the latest for each subject only: a slow reader misses what has been overtaken, and
 * never makes anything pile up.
 */
export interface Mailbox<Letter> extends AsyncIterableIterator<Letter, undefined> {
  put(subject: string, letter: Letter): void;
  /** Nothing more will come: the reader is done after reading what is there. */
  end(error?: Error): void;
}

/** @param onReturn called once, when the reader has read all or has gone away */
export const createMailbox = <Letter>(onReturn: () => void): Mailbox<Letter> => {
  const letters = new Map<string, Letter>();
  let waiting: PromiseWithResolvers<void> | undefined;
  let ending: { readonly error: Error | undefined } | undefined;
  let returned = false;

  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };

  const leave = (): void => {
    if (returned) return;
    returned = true;
    letters.clear();
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
      if (ending) {
        leave();
        if (ending.error) throw ending.error;
        return { done: true, value: undefined };
      }
      waiting ??= Promise.withResolvers();
      await waiting.promise;
    }
  };

  const end = (error?: Error): void => {
    ending ??= { error };
    wake();
  };

  return {
    put: (subject, letter) => {
      if (ending) return;
      letters.set(subject, letter);
      wake();
    },
    end,
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
