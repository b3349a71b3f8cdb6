import type { ExchangeListener } from './exchange.ts';

/** All listeners of one account, called in the order in which they were added. */
export interface Listeners extends ExchangeListener {
  add(listener: ExchangeListener): void;
}

export const createListeners = (): Listeners => {
  const listeners: ExchangeListener[] = [];
  return {
    add: (listener) => {
      listeners.push(listener);
    },
    onAnswer: (subject, answer) => {
      for (const listener of listeners) listener.onAnswer(subject, answer);
    },
    onFailure: (subject, error, restMs) => {
      for (const listener of listeners) listener.onFailure(subject, error, restMs);
    },
    onRefusal: (subject, error) => {
      for (const listener of listeners) listener.onRefusal(subject, error);
    },
    onNewOwner: () => {
      for (const listener of listeners) listener.onNewOwner();
    },
  };
};
