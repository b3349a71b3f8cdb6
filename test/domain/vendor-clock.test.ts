import { describe, expect, test } from '@jest/globals';
import { createVendorClock } from '../../src/domain/clock.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const minutes = 60_000;

const open = () => {
  const clock = createFakeClock();
  return { clock, vendorClock: createVendorClock(clock) };
};

describe("The vendor's clock", () => {
  test('is the time of this process until the vendor says otherwise', async () => {
    const { clock, vendorClock } = open();
    await clock.advance(1_234);
    expect(vendorClock.now()).toBe(clock.now());
  });

  test.each([-16, -11, -5, 5, 11, 16])('is learnt when it is %i minutes off, and kept', async (off) => {
    const { clock, vendorClock } = open();
    expect(vendorClock.learn(clock.now() + off * minutes)).toBe(true);
    await clock.advance(3_600_000);
    expect(vendorClock.now()).toBe(clock.now() + off * minutes);
  });

  test.each([-25, 25, -(56 * 365 * 24)])('is not believed when it is %i hours off', (hours) => {
    const { clock, vendorClock } = open();
    expect(vendorClock.learn(clock.now() + hours * 60 * minutes)).toBe(false);
    expect(vendorClock.offsetMs).toBe(0);
    expect(vendorClock.learn(clock.now() + 23 * 60 * minutes)).toBe(true);
  });

  test('is not learnt from what is believed already: a new signature would not help', () => {
    const { clock, vendorClock } = open();
    expect(vendorClock.learn(clock.now() + 59_999)).toBe(false);
    expect(vendorClock.learn(clock.now() - 59_999)).toBe(false);
    expect(vendorClock.now()).toBe(clock.now());
    vendorClock.learn(clock.now() + 11 * minutes);
    expect(vendorClock.learn(clock.now() + 11 * minutes + 500)).toBe(false);
  });

  test('is learnt again when it changes, but not within ten minutes', async () => {
    const { clock, vendorClock } = open();
    vendorClock.learn(clock.now() + 11 * minutes);
    await clock.advance(10 * minutes - 1);
    expect(vendorClock.learn(clock.now())).toBe(false);
    expect(vendorClock.offsetMs).toBe(11 * minutes);
    await clock.advance(1);
    expect(vendorClock.learn(clock.now())).toBe(true);
    expect(vendorClock.now()).toBe(clock.now());
  });
});
