import { expect, test } from '@jest/globals';
import type { Content } from '../../src/domain/answer.ts';
import { createAnswerStore } from '../../src/exchange/answer-store.ts';
import { createAccountKeys, createMessages } from '../../src/exchange/messages.ts';
import { createSeal } from '../../src/exchange/seal.ts';
import type { MediaTaskOutput } from '../../src/generated/model.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRedis } from './support/fake-redis.ts';
import { createTrust } from './support/trust.ts';

const subject = { typename: 'Task', id: 'a' };
const hour = 3_600_000;

const open = () => {
  const clock = createFakeClock();
  const server = createFakeRedis(clock);
  const redis = server.connect(clock);
  const keys = createAccountKeys('vendor-a1', 0);
  const seal = createSeal('vendor-a1', ['ours']);
  const messages = createMessages({ ...createTrust(), replicaId: 'one', seal, wantSeal: seal });
  const store = createAnswerStore({ redis, keys, messages, clock });
  const write = async (content: Content) => {
    const now = clock.elapsed();
    await Promise.all([store.write(subject, { content, fetchedAt: now, checkedAt: now }), clock.advance(1)]);
  };
  const read = async (id = subject.id) => {
    const [answer] = await Promise.all([store.read({ ...subject, id }), clock.advance(200)]);
    return answer;
  };
  return { clock, server, keys, write, read };
};

/** An ended task with an output whose URL expires after so many milliseconds. */
const toEnded = (now: number, expiresInMs: number): Content => {
  const urlExpiresAt = new Date(now + expiresInMs).toISOString();
  const output: Partial<MediaTaskOutput> = { url: 'https://media.example/?signature=x', urlExpiresAt };
  return { status: 'SUCCEEDED', outputs: [output as MediaTaskOutput] };
};

test('an ended task is kept for as long as it can be shown', async () => {
  const { clock, write, read } = open();
  await write({ status: 'SUCCEEDED' });
  await clock.advance(29 * 24 * hour);
  expect(await read()).toMatchObject({ content: { status: 'SUCCEEDED' } });
});

test('a presigned URL is not kept past its expiry, although its task has ended', async () => {
  const { clock, server, keys, write, read } = open();
  await write(toEnded(clock.now(), hour));
  await clock.advance(hour - 10_000);
  expect(await read()).toBeDefined();
  await clock.advance(10_000);
  expect(server.get(keys.answer(subject, 1))).toBeUndefined();
  expect(await read()).toBeUndefined();
});

test('a presigned URL that has expired before it arrived is not kept at all', async () => {
  const { clock, server, keys, write } = open();
  await write(toEnded(clock.now(), -1));
  expect(server.get(keys.answer(subject, 1))).toBeUndefined();
});

test('an answer that was copied from another key is missing', async () => {
  const { server, keys, write, read } = open();
  await write({ status: 'SUCCEEDED' });
  server.put(keys.answer({ ...subject, id: 'b' }, 1), server.get(keys.answer(subject, 1)) ?? '');
  expect(await read('b')).toBeUndefined();
});
