import { describe, expect, it, jest } from '@jest/globals';
import { createConflatingQueue } from '../../src/subscriptions/conflating-queue.ts';

/** What waits for a reader, and how the waiting ends. */

const open = () => {
  const onReturn = jest.fn();
  return { onReturn, queue: createConflatingQueue<string>(onReturn) };
};

const item = (value: string) => ({ done: false, value });
const done = { done: true, value: undefined };

/** Whether a promise is still pending after all that can happen at once has happened. */
const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  const nothing = Symbol('nothing');
  const immediately = new Promise((resolve) => setImmediate(resolve, nothing));
  return (await Promise.race([promise, immediately])) === nothing;
};

describe('a queue', () => {
  it('keeps the latest for each key only', async () => {
    const { queue } = open();
    for (let n = 1; n <= 1_000; n += 1) queue.put('a', `a${n}`);
    expect(await queue.next()).toEqual(item('a1000'));
    expect(await isPending(queue.next())).toBe(true);
  });

  it('hands keys out in the order in which they came first, however often they come again', async () => {
    const { queue } = open();
    for (const key of ['b', 'a', 'c', 'a', 'b']) queue.put(key, `${key} now`);
    queue.put('a', 'a at last');
    queue.end();
    const read: string[] = [];
    for await (const value of queue) read.push(value);
    expect(read).toEqual(['b now', 'a at last', 'c now']);
  });

  it('puts a key that has been read to the end of the line', async () => {
    const { queue } = open();
    queue.put('a', 'a1');
    queue.put('b', 'b1');
    await queue.next();
    queue.put('a', 'a2');
    expect([await queue.next(), await queue.next()]).toEqual([item('b1'), item('a2')]);
  });

  it('wakes a reader who waits, and one who waits twice in the order of asking', async () => {
    const { queue } = open();
    const first = queue.next();
    const second = queue.next();
    expect(await isPending(Promise.race([first, second]))).toBe(true);
    queue.put('a', 'a1');
    expect(await first).toEqual(item('a1'));
    expect(await isPending(second)).toBe(true);
    queue.put('b', 'b1');
    expect(await second).toEqual(item('b1'));
  });

  it('ends for a reader who waits, and stays ended', async () => {
    const { queue, onReturn } = open();
    const waiting = [queue.next(), queue.next()];
    queue.end();
    expect(await Promise.all(waiting)).toEqual([done, done]);
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('takes nothing more after its end', async () => {
    const { queue } = open();
    queue.end();
    queue.put('a', 'too late');
    expect(await queue.next()).toEqual(done);
  });

  it('finds its owner of the end once all is read, and not before', async () => {
    const { queue, onReturn } = open();
    queue.put('a', 'a1');
    queue.end();
    expect(await queue.next()).toEqual(item('a1'));
    expect(onReturn).not.toHaveBeenCalled();
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });
});

describe('who waits for the reader', () => {
  /** Whether it is known yet that all has been read. */
  const isRead = async (queue: ReturnType<typeof open>['queue']): Promise<boolean> => {
    let isRead = false;
    void queue.whenRead().then(() => {
      isRead = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    return isRead;
  };

  it('is told when the reader has read what was there and asks for more', async () => {
    const { queue } = open();
    queue.put('a', 'a1');
    expect(await isRead(queue)).toBe(false);
    await queue.next();
    expect(await isRead(queue)).toBe(false);
    void queue.next();
    expect(await isRead(queue)).toBe(true);
    queue.put('a', 'a2');
    expect(await isRead(queue)).toBe(false);
    await queue.return?.();
  });

  it('is told when the reader has gone away', async () => {
    const { queue } = open();
    queue.put('a', 'a1');
    await queue.return?.();
    expect(await isRead(queue)).toBe(true);
  });
});

describe('a reader who goes away', () => {
  it('is told that it is done, and its owner once', async () => {
    const { queue, onReturn } = open();
    queue.put('a', 'a1');
    expect(await queue.return?.()).toEqual(done);
    expect(await queue.return?.()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
    expect(await queue.next()).toEqual(done);
  });

  it('while it waits is not left waiting', async () => {
    const { queue } = open();
    const waiting = queue.next();
    await queue.return?.();
    expect(await waiting).toEqual(done);
  });

  it('gets nothing that comes later', async () => {
    const { queue, onReturn } = open();
    await queue.return?.();
    queue.put('a', 'too late');
    queue.end();
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('by leaving its loop counts as gone', async () => {
    const { queue, onReturn } = open();
    queue.put('a', 'a1');
    queue.put('b', 'b1');
    for await (const value of queue) {
      expect(value).toBe('a1');
      break;
    }
    expect(onReturn).toHaveBeenCalledTimes(1);
  });
});
