import type { Clock } from '../domain/clock.ts';

/**
 * Writes a line for the first of many equal events, and then one a minute with the number of further ones, so that neither
 * an outage nor an attacker fills the disk.
 */
export interface Repeats {
  /**
   * @param key what counts as equal; beyond 200 different ones at a time, all others count as equal
   * @param write called at once, or within a minute if it is the last until then
   */
  report(key: string, write: (more: number) => void): void;
}

const windowMs = 60_000;
const maxKeys = 200;

export const createRepeats = (clock: Pick<Clock, 'sleep'>): Repeats => {
  const windows = new Map<string, { more: number; write: (more: number) => void }>();

  const watch = async (key: string): Promise<void> => {
    for (;;) {
      await clock.sleep(windowMs);
      const window = windows.get(key);
      if (!window || window.more === 0) break;
      window.write(window.more);
      window.more = 0;
    }
    windows.delete(key);
  };

  return {
    report: (key, write) => {
      const bounded = windows.size < maxKeys || windows.has(key) ? key : '';
      const window = windows.get(bounded);
      if (window) {
        window.more += 1;
        window.write = write;
        return;
      }
      windows.set(bounded, { more: 0, write });
      write(0);
      void watch(bounded);
    },
  };
};
