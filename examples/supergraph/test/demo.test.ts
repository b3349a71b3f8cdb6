import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { postOperation } from '../../../test/support/stack.ts';

/** `npm run demo:supergraph`, without credentials and settings. */

const root = join(import.meta.dirname, '../../..');

it('starts everything, shows a query through all three subgraphs with its answer, and ends on SIGINT', async () => {
  const child = spawn(process.execPath, ['examples/supergraph/demo.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let printed = '';
  for await (const piece of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += piece;
    if (printed.includes('Ctrl+C')) break;
  }
  expect(printed).toContain('"note": "Runs until the keynote ends."');
  expect(printed).toContain('"code": "TASK_NOT_FOUND"');

  const url = /^ {2}Gateway +(\S+)$/m.exec(printed)?.[1] ?? '';
  const body = /-d '(\{.*booking.*\})'/.exec(printed)?.[1] ?? '';
  const { data, errors } = await postOperation(url, JSON.parse(body) as object);
  expect(errors).toBeUndefined();
  expect(printed).toContain(JSON.stringify({ data }, null, 2));

  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow();
});
