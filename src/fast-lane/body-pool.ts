/**
 * Memory for the bodies of answers, used again once an answer has been handed to the operating system: allocating 80 kB
 * takes ten times as long as joining an answer of this size.
 */
export interface BodyPool {
  /** At least so many bytes, with anything in them. */
  take(bytes: number): Buffer;
  /** Only when nobody reads it any more. */
  giveBack(memory: Buffer): void;
}

/** Less is allocated as fast. */
export const leastPooledBytes = 4_096;

/** What is kept while no answer needs it. */
const maxKeptBytes = 16 * 2 ** 20;

export const createBodyPool = (): BodyPool => {
  /** By size, which is a power of two. */
  const kept = new Map<number, Buffer[]>();
  let keptBytes = 0;
  return {
    take: (bytes) => {
      const size = 2 ** Math.ceil(Math.log2(bytes));
      const memory = kept.get(size)?.pop();
      if (!memory) return Buffer.allocUnsafeSlow(size);
      keptBytes -= size;
      return memory;
    },
    giveBack: (memory) => {
      const { length: size } = memory;
      if (keptBytes + size > maxKeptBytes) return;
      keptBytes += size;
      const ofSize = kept.get(size);
      if (ofSize) ofSize.push(memory);
      else kept.set(size, [memory]);
    },
  };
};
