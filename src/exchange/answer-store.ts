import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { freshUntil, showableUntil, toFirstExpiry } from '../domain/freshness.ts';

import type { Subject } from './exchange.ts';
import { type AccountKeys, type Messages, readableShapes, shape } from './messages.ts';
import { createBatch, type RedisLink } from './redis/connection.ts';

/** Redis does nothing else meanwhile. */
const mostKeysPerRead = 100;

/** Nobody waits longer for what only may be stored. */
const longestReadMs = 1_000;

/** Well above a round trip nearby, well below what a person waiting for a page would notice. */
const shortestReadMs = 50;

/** After a read that took too long, nothing is read for so long: each read holds up a question. */
const restMs = 1_000;

/** Answers are stored for at least so long: other replicas are likely to ask at this moment. */
const shortestLifeMs = 1_000;

/** The answers of one account in Redis. What cannot be read is missing. */
export interface AnswerStore {
  /** Never rejects. */
  read(subject: Subject): Promise<Answer | undefined>;
  /** Stores it for as long as it can be shown, presigned URLs included, and publishes it to all replicas. */
  write(subject: Subject, answer: Answer): Promise<void>;
}

interface Reading {
  readonly subject: Subject;
  readonly resolve: (answer: Answer | undefined) => void;
}

export interface AnswerStoreOptions {
  readonly redis: Pick<RedisLink, 'read' | 'setAndPublish' | 'publish' | 'roundTripMs'>;
  readonly keys: AccountKeys;
  readonly messages: Pick<Messages, 'answerHead' | 'toAnswer' | 'readAnswer'>;
  readonly clock: Clock;
}

export const createAnswerStore = ({ redis, keys, messages, clock }: AnswerStoreOptions): AnswerStore => {
  let restUntil = Number.NEGATIVE_INFINITY;

  const readAll = async (readings: readonly Reading[]): Promise<void> => {
    const askedAt = clock.elapsed();
    const all = readings.flatMap(({ subject }) => readableShapes.map((of) => keys.answer(subject, of)));
    const texts = await redis.read(all);
    for (const [index, { subject, resolve }] of readings.entries()) {
      const own = texts.slice(index * readableShapes.length, (index + 1) * readableShapes.length);
      const answers = own.flatMap((stored) => {
        const result = stored && messages.readAnswer(stored.text, askedAt, stored.leftMs);
        // Somebody may have copied it here from another key.
        return result?.subject.id === subject.id && result.subject.typename === subject.typename
          ? [result.answer]
          : [];
      });
      resolve(answers.toSorted((a, b) => b.checkedAt - a.checkedAt)[0]);
    }
  };

  const enqueue = createBatch<Reading>(
    (readings) => {
      const giveUp = () => {
        for (const { resolve } of readings) resolve(undefined);
      };
      let isOver = false;
      readAll(readings)
        .catch(giveUp)
        .finally(() => {
          isOver = true;
        });
      const budgetMs = Math.min(longestReadMs, Math.max(shortestReadMs, 4 * redis.roundTripMs));
      clock.sleep(budgetMs).then(() => {
        if (isOver) return;
        restUntil = clock.elapsed() + restMs;
        giveUp();
      });
    },
    Math.floor(mostKeysPerRead / readableShapes.length),
  );

  return {
    read: (subject) =>
      clock.elapsed() < restUntil
        ? Promise.resolve(undefined)
        : new Promise((resolve) => enqueue({ subject, resolve })),
    write: (subject, answer) => {
      const now = clock.elapsed();
      const lifeMs = Math.max(showableUntil(answer), freshUntil(answer, clock)) - now;
      // Whoever can read Redis could use the URLs: none is kept for longer than it is of use to us.
      const validMs = toFirstExpiry(answer.content) - clock.now();
      const keepMs = Math.ceil(Math.min(Math.max(shortestLifeMs, lifeMs), Math.max(0, validMs)));
      const text = messages.toAnswer(subject, answer, keepMs, now);
      const [channel, head] = [keys.replicas, messages.answerHead];
      return keepMs > 0
        ? redis.setAndPublish(keys.answer(subject, shape), { text, keepMs, channel, head })
        : redis.publish(channel, head + text);
    },
  };
};
