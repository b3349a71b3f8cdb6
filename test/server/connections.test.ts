import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import type { AppEvent } from '../../src/domain/events.ts';
import { createUnread } from '../../src/server/connections.ts';

/** What waits for clients that do not read. */

const open = () => {
  let now = 0;
  const events: AppEvent[] = [];
  const unread = createUnread(
    (event) => events.push(event),
    { bytes: 1_000_000, ms: 5_000, patienceMs: 100 },
    () => now,
  );
  /** An answer of so many bytes, at a time. */
  const answer = (bytes: number, at: number) => {
    now = at;
    const response = Object.assign(new EventEmitter(), {
      isDestroyed: false,
      timeoutMs: 0,
      onTimeout: () => {},
      setTimeout: (ms: number, onTimeout: () => void) =>
        Object.assign(response, { timeoutMs: ms, onTimeout }),
      destroy: () => {
        response.isDestroyed = true;
        response.emit('close');
      },
    });
    unread.expect(response as unknown as ServerResponse, bytes);
    return response;
  };
  return { events, answer };
};

it('a client that reads nothing for so long is disconnected', () => {
  const { answer, events } = open();
  const response = answer(100, 0);
  expect(response.timeoutMs).toBe(5_000);
  response.onTimeout();
  expect(response.isDestroyed).toBe(true);
  expect(events).toEqual([{ kind: 'request-refused', transport: 'http', rule: 'unread' }]);
});

it('when too much waits, the oldest answers give way to new ones', () => {
  const { answer } = open();
  const answers = [0, 10, 20].map((at) => answer(300_000, at));
  const next = answer(300_000, 200);
  expect([...answers, next].map(({ isDestroyed }) => isDestroyed)).toEqual([true, false, false, false]);
});

it('answers of a moment ago do not give way: a new one does', () => {
  const { answer } = open();
  const answers = [0, 10, 20].map((at) => answer(300_000, at));
  const next = answer(300_000, 30);
  expect([...answers, next].map(({ isDestroyed }) => isDestroyed)).toEqual([false, false, false, true]);
});

it('a small answer does not give way, which the operating system takes whether it is read or not', () => {
  const { answer } = open();
  const small = answer(1_000, 0);
  const large = answer(900_000, 10);
  answer(900_000, 200);
  expect([small.isDestroyed, large.isDestroyed]).toEqual([false, true]);
});

it('what was read does not count', () => {
  const { answer } = open();
  for (let n = 0; n < 10; n += 1) answer(300_000, n).emit('close');
  expect(answer(900_000, 10).isDestroyed).toBe(false);
});
