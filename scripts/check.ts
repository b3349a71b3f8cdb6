import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/**
 * `npm run check`: everything that CI runs, each step with its duration, up to the first that fails. The faults wait more
 * than they compute, so the suites beside them have the rest of the processor, at a lower priority. What measures CPU time
 * comes last, alone.
 */
const first = ['lint', 'types', 'codegen:check', 'build', 'test'];
const faults = ['test:faults'];
const besideFaults = [
  'test:scaffold',
  'test:differential',
  'test:image',
  'test:clients',
  'test:federation',
  'test:dashboard',
];
const last = ['test:attacks', 'test:slow-lane'];

const lowPriority = 10;
const startedAt = performance.now();
let hasFailed = false;

/** Prints the output of a step when it has ended, so that steps side by side can be told apart. */
const runStep = (step: string, isInBackground: boolean): Promise<void> =>
  new Promise((resolve) => {
    const stepStartedAt = performance.now();
    const output: Buffer[] = [];
    const child = spawn('npm', ['run', step], { stdio: ['ignore', 'pipe', 'pipe'] });
    if (isInBackground && child.pid !== undefined) setPriority(child.pid, lowPriority);
    child.stdout.on('data', (piece: Buffer) => output.push(piece));
    child.stderr.on('data', (piece: Buffer) => output.push(piece));
    child.once('close', (code) => {
      if (code !== 0) hasFailed = true;
      const seconds = ((performance.now() - stepStartedAt) / 1_000).toFixed(0);
      process.stdout.write(Buffer.concat(output));
      process.stdout.write(`${code === 0 ? 'Passed' : 'FAILED'}: npm run ${step}, ${seconds} s\n`);
      resolve();
    });
  });

const run = async (steps: readonly string[], isInBackground = false): Promise<void> => {
  for (const step of steps) if (!hasFailed) await runStep(step, isInBackground);
};

await run(first);
await Promise.all([run(faults), run(besideFaults, true)]);
await run(last);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
process.stdout.write(`${hasFailed ? 'The check failed' : 'Everything passed'} after ${minutes} minutes.\n`);
process.exitCode = hasFailed ? 1 : 0;
