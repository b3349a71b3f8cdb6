import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** What libraries and Node print is a line of the log. */

const logger = join(import.meta.dirname, '../../src/app/logger.ts');

const script = `
  const { createLogger, logInsteadOfPrinting, openStandardOutput } = await import(${JSON.stringify(logger)});
  const redact = (text) => text.replaceAll('hidden', '[redacted]');
  logInsteadOfPrinting(createLogger({ level: 'info', redact, stream: openStandardOutput() }));
  console.error('a library says %s', 'hidden');
  console.log({ an: 'object' });
  process.emitWarning('Node says hidden');
  setTimeout(() => Promise.reject(new Error('nobody handles hidden')), 10);
`;

it('console, warnings and the error that ends the process are lines of JSON, without secrets, and none is lost', async () => {
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>(
    (resolve) => {
      execFile(process.execPath, ['--input-type=module', '--eval', script], (error, out, err) =>
        resolve({ code: error?.code, stdout: out, stderr: err }),
      );
    },
  );
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string; err?: { message: string } });
  expect(lines.map(({ level, msg, err }) => [level, msg, err?.message])).toEqual([
    [50, 'a library says [redacted]', undefined],
    [30, "{ an: 'object' }", undefined],
    [40, 'Warning', 'Node says [redacted]'],
    [60, 'Unhandled error: the process ends', 'nobody handles [redacted]'],
  ]);
  expect([code, stderr]).toEqual([1, '']);
});
