import { describe, expect, it } from '@jest/globals';
import { createMemory } from '../../sandbox/memory.ts';

describe('A bounded memory', () => {
  it('keeps what was used last, and forgets the rest', () => {
    const memory = createMemory<number>(10);
    for (let n = 0; n < 1_000; n += 1) memory.set(`key-${n}`, n);
    for (let n = 990; n < 1_000; n += 1) expect(memory.get(`key-${n}`)).toBe(n);
    const remembered = Array.from({ length: 1_000 }, (_, n) => memory.get(`key-${n}`)).filter(
      (n) => n !== undefined,
    );
    expect(remembered.length).toBeLessThanOrEqual(20);
  });

  it('keeps what is asked for again and again', () => {
    const memory = createMemory<string>(10);
    memory.set('favourite', 'here');
    for (let n = 0; n < 1_000; n += 1) {
      memory.set(`key-${n}`, 'x');
      expect(memory.get('favourite')).toBe('here');
    }
  });
});
