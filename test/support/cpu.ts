/**
 * The CPU time of one run in ms: the least of several, because the machine is shared and the first runs compile.
 * @param runs how often it is run
 */
export const cpuMsOf = async (run: () => unknown, runs = 7): Promise<number> => {
  const times: number[] = [];
  for (let n = 0; n < runs; n += 1) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  return Math.min(...times);
};
