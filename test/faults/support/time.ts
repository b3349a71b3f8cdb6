export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until the condition holds. The bound only ends what hangs: a busy machine is far slower.
 * @throws Error when it does not within the time
 */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  { withinMs = 30_000, everyMs = 20, what = 'the condition' } = {},
): Promise<void> => {
  const giveUpAt = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`After ${withinMs} ms still not: ${what}.`);
    await sleep(everyMs);
  }
};
