const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Polls until the answer is as wanted, and returns it. The bound only ends what hangs: a busy machine is far slower.
 * @throws Error with the last answer after `withinMs`
 */
export const waitFor = async <Answer>(
  ask: () => Promise<Answer>,
  isAsWanted: (answer: Answer) => boolean,
  { withinMs = 30_000, everyMs = 50 } = {},
): Promise<Answer> => {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isAsWanted(answer)) return answer;
    if (performance.now() > giveUpAt) {
      throw new Error(`Not as wanted after ${withinMs} ms: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    }
    await sleep(everyMs);
  }
};
