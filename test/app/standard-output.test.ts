import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** Lines of the log are written together. Which of them wait, and that those are not lost when the process ends. */

const file = join(import.meta.dirname, '../../src/app/logger.ts');

/** @returns the messages of the lines that a program has written */
const readMessages = async (program: string): Promise<unknown[]> => {
  const script = `
    const { createLogger, createRequestLog, openStandardOutput } = await import(${JSON.stringify(file)});
    const options = { level: 'info', redact: (text) => text, stream: openStandardOutput() };
    const logger = createLogger(options);
    const logRequest = createRequestLog(options);
    const request = { kind: 'request-finished', operation: 'Tasks', durationMs: 1, tasks: {} };
    ${program}`;
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (_, stdout) => resolve(stdout));
  });
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { msg: unknown }).msg);
};

it('a warning is written at once, after all that came before it', async () => {
  const messages = await readMessages(`
    logRequest(request);
    logger.info('Information');
    logRequest(request);
    logger.warn('Warning');
    process.kill(process.pid, 'SIGKILL');`);
  expect(messages).toEqual(['Request', 'Information', 'Request', 'Warning']);
});

it('a process that is killed loses 99 lines at most', async () => {
  const messages = await readMessages(`
    for (let n = 0; n < 250; n += 1) logRequest(request);
    process.kill(process.pid, 'SIGKILL');`);
  expect(messages.length).toBeGreaterThan(150);
});

it.each(['', 'process.exit(1);', 'throw new Error("A bug.");'])(
  'what waits is written when the process ends by %j',
  async (end) => {
    expect(await readMessages(`logger.info('First'); logRequest(request); ${end}`)).toEqual([
      'First',
      'Request',
    ]);
  },
);
