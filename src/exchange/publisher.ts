import type { Publisher } from '../owner/owner.ts';
import type { AnswerStore } from './answer-store.ts';
import { createBatch } from './batch.ts';
import type { ExchangeListener } from './exchange.ts';
import type { AccountKeys } from './keys.ts';
import {
  type Refusal,
  toAnswerMessage,
  toFailureMessage,
  toRefusalsMessage,
} from './messages-to-replicas.ts';
import type { Requests } from './requests.ts';
import { mostPerMessage } from './wants.ts';

export interface PublisherOptions {
  readonly replicaId: string;
  readonly keys: Pick<AccountKeys, 'replicas'>;
  readonly store: Pick<AnswerStore, 'write'>;
  readonly requests: Pick<Requests, 'publish' | 'keep'>;
  /** The lookups of this process: they need no message. */
  readonly listeners: ExchangeListener;
  readonly credentialsRefused: Publisher['credentialsRefused'];
}

/** Where the results of the owner in this process go: to its own lookups at once, and over Redis to all other replicas. */
export const createPublisher = (options: PublisherOptions): Publisher => {
  const { replicaId, keys, store, requests, listeners, credentialsRefused } = options;
  const publish = (message: string): void => requests.publish(keys.replicas, message);

  /** The refusals of one turn, by replica. */
  const batches = new Map<string, (refusal: Refusal) => void>();
  const openBatch = (replica: string): ((refusal: Refusal) => void) => {
    const batch = createBatch<Refusal>((refusals) => {
      batches.delete(replica);
      publish(toRefusalsMessage(replica, refusals));
    }, mostPerMessage);
    batches.set(replica, batch);
    return batch;
  };

  return {
    answer: (subject, answer) => {
      listeners.onAnswer(subject, answer);
      const { text, stored } = store.write(subject, answer);
      requests.keep(stored);
      publish(toAnswerMessage(replicaId, subject, text));
    },
    failure: (subject, error, restMs) => {
      listeners.onFailure(subject, error, restMs);
      publish(toFailureMessage(replicaId, subject, error, restMs));
    },
    refusal: (replica, subject, error) => {
      if (replica === replicaId) listeners.onRefusal(subject, error);
      else (batches.get(replica) ?? openBatch(replica))({ subject, error });
    },
    credentialsRefused,
  };
};
