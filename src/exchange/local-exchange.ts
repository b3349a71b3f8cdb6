import type { Owner, OwnerOptions } from '../owner/owner.ts';
import type { Exchange, ExchangeListener } from './exchange.ts';

/** What an exchange gives to the owner that it creates. */
export type OwnerLinks = Pick<OwnerOptions, 'mayCall' | 'publisher' | 'read'>;

export interface LocalExchangeOptions {
  readonly createOwner: (links: OwnerLinks) => Owner;
}

const replicaId = 'local';

/** Without Redis: this process owns the account for as long as it lives, and talks to the owner by calling it. */
export const createLocalExchange = ({ createOwner }: LocalExchangeOptions): Exchange => {
  const listeners: ExchangeListener[] = [];
  let isClosed = false;
  const owner = createOwner({
    mayCall: () => !isClosed,
    publisher: {
      answer: (subject, answer) => {
        for (const listener of listeners) listener.onAnswer(subject, answer);
      },
      failure: (subject, error, restMs) => {
        for (const listener of listeners) listener.onFailure(subject, error, restMs);
      },
      refusal: (_, subject, error) => {
        for (const listener of listeners) listener.onRefusal(subject, error);
      },
      credentialsRefused: () => false,
    },
    read: () => Promise.resolve(undefined),
  });
  owner.setShare(1);
  return {
    want: (want) => owner.want(want, replicaId),
    read: () => Promise.resolve(undefined),
    listen: (listener) => {
      listeners.push(listener);
    },
    state: { kind: 'owner' },
    get status() {
      return owner.status;
    },
    close: async () => {
      isClosed = true;
      owner.handOver();
      await owner.drain();
    },
  };
};
