/**
 * Loaded before the server, as `--import`: tells how long its event loop was held up since the last question. In CPU time
 * of the main thread, so what the machine does meanwhile does not count.
 */

/** What is shorter is not told apart. */
const everyMs = 2;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

let last = cpuMs();
let holdUps: number[] = [];

setInterval(() => {
  const now = cpuMs();
  holdUps.push(now - last);
  last = now;
}, everyMs).unref();

process.on('message', () => {
  process.send?.(holdUps);
  holdUps = [];
});
process.channel?.unref();
