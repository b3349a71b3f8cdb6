import { describe, expect, it, jest } from '@jest/globals';
import { createMailbox } from '../../src/subscriptions/conflating-queue.ts';

/** What waits for a reader, and how the waiting ends. */

const open = () => {
  const onReturn = jest.fn();
  return { onReturn, mailbox: createMailbox<string>(onReturn) };
};

const letter = (value: string) => ({ done: false, value });
const done = { done: true, value: undefined };

/** Whether a promise is still pending after all that can happen at once has happened. */
const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  const nothing = Symbol('nothing');
  const immediately = new Promise((resolve) => setImmediate(resolve, nothing));
  return (await Promise.race([promise, immediately])) === nothing;
};

describe('a mailbox', () => {
  it('keeps the latest for each subject only', async () => {
    const { mailbox } = open();
    for (let n = 1; n <= 1_000; n += 1) mailbox.put('a', `a${n}`);
    expect(await mailbox.next()).toEqual(letter('a1000'));
    expect(await isPending(mailbox.next())).toBe(true);
  });

  it('hands subjects out in the order in which they came first, however often they come again', async () => {
    const { mailbox } = open();
    for (const subject of ['b', 'a', 'c', 'a', 'b']) mailbox.put(subject, `${subject} now`);
    mailbox.put('a', 'a at last');
    mailbox.end();
    const read: string[] = [];
    for await (const value of mailbox) read.push(value);
    expect(read).toEqual(['b now', 'a at last', 'c now']);
  });

  it('puts a subject that has been read to the end of the line', async () => {
    const { mailbox } = open();
    mailbox.put('a', 'a1');
    mailbox.put('b', 'b1');
    await mailbox.next();
    mailbox.put('a', 'a2');
    expect([await mailbox.next(), await mailbox.next()]).toEqual([letter('b1'), letter('a2')]);
  });

  it('wakes a reader who waits, and one who waits twice in the order of asking', async () => {
    const { mailbox } = open();
    const first = mailbox.next();
    const second = mailbox.next();
    expect(await isPending(Promise.race([first, second]))).toBe(true);
    mailbox.put('a', 'a1');
    expect(await first).toEqual(letter('a1'));
    expect(await isPending(second)).toBe(true);
    mailbox.put('b', 'b1');
    expect(await second).toEqual(letter('b1'));
  });

  it('ends for a reader who waits, and stays ended', async () => {
    const { mailbox, onReturn } = open();
    const waiting = [mailbox.next(), mailbox.next()];
    mailbox.end();
    expect(await Promise.all(waiting)).toEqual([done, done]);
    expect(await mailbox.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('takes nothing more after its end', async () => {
    const { mailbox } = open();
    mailbox.end();
    mailbox.put('a', 'too late');
    expect(await mailbox.next()).toEqual(done);
  });

  it('tells its owner of the end once all is read, and not before', async () => {
    const { mailbox, onReturn } = open();
    mailbox.put('a', 'a1');
    mailbox.end();
    expect(await mailbox.next()).toEqual(letter('a1'));
    expect(onReturn).not.toHaveBeenCalled();
    expect(await mailbox.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });
});

describe('who waits for the reader', () => {
  /** Whether it is known yet that all has been read. */
  const isRead = async (mailbox: ReturnType<typeof open>['mailbox']): Promise<boolean> => {
    let isRead = false;
    void mailbox.whenRead().then(() => {
      isRead = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    return isRead;
  };

  it('is told when the reader has read what was there and asks for more', async () => {
    const { mailbox } = open();
    mailbox.put('a', 'a1');
    expect(await isRead(mailbox)).toBe(false);
    await mailbox.next();
    expect(await isRead(mailbox)).toBe(false);
    void mailbox.next();
    expect(await isRead(mailbox)).toBe(true);
    mailbox.put('a', 'a2');
    expect(await isRead(mailbox)).toBe(false);
    await mailbox.return?.();
  });

  it('is told when the reader has gone away', async () => {
    const { mailbox } = open();
    mailbox.put('a', 'a1');
    await mailbox.return?.();
    expect(await isRead(mailbox)).toBe(true);
  });
});

describe('a reader who goes away', () => {
  it('is told that it is done, and its owner once', async () => {
    const { mailbox, onReturn } = open();
    mailbox.put('a', 'a1');
    expect(await mailbox.return?.()).toEqual(done);
    expect(await mailbox.return?.()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
    expect(await mailbox.next()).toEqual(done);
  });

  it('while it waits is not left waiting', async () => {
    const { mailbox } = open();
    const waiting = mailbox.next();
    await mailbox.return?.();
    expect(await waiting).toEqual(done);
  });

  it('gets nothing that comes later', async () => {
    const { mailbox, onReturn } = open();
    await mailbox.return?.();
    mailbox.put('a', 'too late');
    mailbox.end();
    expect(await mailbox.next()).toEqual(done);
    expect(onReturn).toHaveBeenCalledTimes(1);
  });

  it('by leaving its loop counts as gone', async () => {
    const { mailbox, onReturn } = open();
    mailbox.put('a', 'a1');
    mailbox.put('b', 'b1');
    for await (const value of mailbox) {
      expect(value).toBe('a1');
      break;
    }
    expect(onReturn).toHaveBeenCalledTimes(1);
  });
});
