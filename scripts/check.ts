import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/**
 * `npm run check`: everything that CI runs, each step with its duration, up to the first that fails. A stage begins when the
 * one before has ended; its lanes run side by side. The faults wait more than they compute, so what is beside them has the
 * rest of the processor, at a lower priority. What measures CPU time comes last, with nothing beside it.
 */
const stages: readonly (readonly Lane[])[] = [
  [{ steps: ['types'] }, { steps: ['lint', 'codegen:check', 'build'] }],
  [{ steps: ['test'] }],
  [
    { steps: ['test:faults'] },
    { steps: ['test:dashboard', 'test:clients', 'test:scaffold'], hasLowPriority: true },
    { steps: ['test:federation', 'test:differential', 'test:image'], hasLowPriority: true },
  ],
  [{ steps: ['test:attacks', 'test:slow-lane'] }],
];

/** Scripts of package.json that run one after the other. */
interface Lane {
  readonly steps: readonly string[];
  readonly hasLowPriority?: boolean;
}

const lowPriority = 10;
const startedAt = performance.now();
let hasFailed = false;

/** Prints the output of a step when it has ended, so that steps side by side can be told apart. */
const runStep = (step: string, hasLowPriority: boolean): Promise<void> =>
  new Promise((resolve) => {
    const stepStartedAt = performance.now();
    const output: Buffer[] = [];
    const child = spawn('npm', ['run', step], { stdio: ['ignore', 'pipe', 'pipe'] });
    if (hasLowPriority && child.pid !== undefined) setPriority(child.pid, lowPriority);
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

const runLane = async ({ steps, hasLowPriority = false }: Lane): Promise<void> => {
  for (const step of steps) if (!hasFailed) await runStep(step, hasLowPriority);
};

for (const lanes of stages) await Promise.all(lanes.map(runLane));
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
process.stdout.write(`${hasFailed ? 'The check failed' : 'Everything passed'} after ${minutes} minutes.\n`);
process.exitCode = hasFailed ? 1 : 0;
