/** What says when asking again can show something new. */
type Polled = { readonly nextPollAfterMs: number | null } | null;

/**
 * Asks, and asks again when the soonest task can have changed, until none can.
 * @param ask undefined: nobody answered
 * @param leastMs between two questions, and before the first
 * @returns a function that ends it
 */
export const poll = (ask: () => Promise<readonly Polled[] | undefined>, leastMs: number): (() => void) => {
  let timer = setTimeout(run, leastMs);
  let isOver = false;
  async function run(): Promise<void> {
    const tasks = await ask();
    const delays = tasks ? tasks.flatMap((task) => task?.nextPollAfterMs ?? []) : [leastMs];
    if (!isOver && delays.length > 0) timer = setTimeout(run, Math.max(leastMs, Math.min(...delays)));
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
