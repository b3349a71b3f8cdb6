import { describe, expect, test } from '@jest/globals';
import { createSteadyClock } from '../../src/domain/clock.ts';
import { createJumpingClock } from '../support/jumping-clock.ts';
import { openStack } from '../support/stack.ts';

const hourMs = 3_600_000;

describe('A steady clock', () => {
  test('shows the time of the one it is made of', () => {
    const clock = createJumpingClock(1_000);
    const steady = createSteadyClock(clock);
    expect(steady.now()).toBe(1_000);
    clock.putForward(hourMs);
    expect(steady.now()).toBe(1_000 + hourMs);
  });

  test('never goes back, and goes on at once, however often that one is put back', () => {
    const clock = createJumpingClock(1_000);
    const steady = createSteadyClock(clock);
    for (let time = 0; time < 3; time++) {
      const before = steady.now();
      clock.putForward(-hourMs);
      expect(steady.now()).toBe(before);
      clock.putForward(20);
      expect(steady.now()).toBe(before + 20);
    }
  });
});

describe('A clock that is put back by a minute', () => {
  test('does not make a pause longer that a vendor has asked for', async () => {
    const clock = createJumpingClock();
    const stack = await openStack({ application: { clock } });
    try {
      const ask = async (id: string) => {
        const query = 'query ($id: ID!) { mediaTask(id: $id) { problem { code } } }';
        const { data } = await stack.ask<{ mediaTask: { problem: object | null } }>(query, { id });
        return data.mediaTask.problem;
      };
      await stack.switchFault('zego', { fault: 'too-many-requests', retryAfter: 1 });
      expect(await ask('zego:tencent:load-1')).toEqual({ code: 'RATE_LIMITED' });
      await stack.endFaults();
      clock.putForward(-60_000);
      expect(await ask('zego:tencent:load-2')).toBeNull();
    } finally {
      await stack.close();
    }
  });
});
