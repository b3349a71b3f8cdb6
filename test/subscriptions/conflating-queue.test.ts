import { describe, expect, it, jest } from '@jest/globals';
import { createConflatingQueue } from '../../src/subscriptions/conflating-queue.ts';

/** The queue of one reader. */

const open = () => {
  const onReturn = jest.fn();
  return { onReturn, queue: createConflatingQueue<string>(onReturn) };
};

const item = (value: string) => ({ done: false, value });
const done = { done: true, value: undefined };

/** Whether a promise is still pending after all microtasks have run. */
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

  it('returns keys in the order of their first arrival', async () => {
    const { queue } = open();
    for (const key of ['b', 'a', 'c', 'a', 'b']) queue.put(key, `${key} now`);
    queue.put('a', 'a at last');
    queue.end();
    const read: string[] = [];
    for await (const value of queue) read.push(value);
    expect(read).toEqual(['b now', 'a at last', 'c now']);
  });

  it('moves a key that has been read to the end', async () => {
    const { queue } = open();
    queue.put('a', 'a1');
    queue.put('b', 'b1');
    await queue.next();
    queue.put('a', 'a2');
    expect([await queue.next(), await queue.next()]).toEqual([item('b1'), item('a2')]);
  });

  it('wakes a waiting reader, and resolves several reads in their order', async () => {
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

  it('ends for a waiting reader, and stays ended', async () => {
    const { queue, onReturn } = open();
    const waiting = [queue.next(), queue.next()];
    queue.end();
    expect(await Promise.all(waiting)).toEqual([done, done]);
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('accepts nothing after its end', async () => {
    const { queue } = open();
    queue.end();
    queue.put('a', 'too late');
    expect(await queue.next()).toEqual(done);
  });

  it('calls back once everything has been read, and not before', async () => {
    const { queue, onReturn } = open();
    queue.put('a', 'a1');
    queue.end();
    expect(await queue.next()).toEqual(item('a1'));
    expect(onReturn).not.toHaveBeenCalled();
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });
});

describe('the promise that everything has been read', () => {
  /** Whether the promise has been resolved. */
  const isRead = async (queue: ReturnType<typeof open>['queue']): Promise<boolean> => {
    let isRead = false;
    void queue.whenRead().then(() => {
      isRead = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    return isRead;
  };

  it('resolves when the reader has read everything and asks for more', async () => {
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

  it('resolves when the reader has returned', async () => {
    const { queue } = open();
    queue.put('a', 'a1');
    await queue.return?.();
    expect(await isRead(queue)).toBe(true);
  });
});

describe('a reader that returns', () => {
  it('is done, and the callback is called once', async () => {
    const { queue, onReturn } = open();
    queue.put('a', 'a1');
    expect(await queue.return?.()).toEqual(done);
    expect(await queue.return?.()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
    expect(await queue.next()).toEqual(done);
  });

  it('while a read is pending ends that read', async () => {
    const { queue } = open();
    const waiting = queue.next();
    await queue.return?.();
    expect(await waiting).toEqual(done);
  });

  it('gets no later value', async () => {
    const { queue, onReturn } = open();
    await queue.return?.();
    queue.put('a', 'too late');
    queue.end();
    expect(await queue.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('by leaving its loop counts as returned', async () => {
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
