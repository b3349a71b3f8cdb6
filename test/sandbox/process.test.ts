import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { createSandbox, exampleTasks, faultNames, providerNames } from '../../sandbox/index.ts';
import { importsOf } from '../support/sources.ts';
import { send } from './http.ts';

function startSandbox(port: string | number) {
  return spawn(process.execPath, ['sandbox/main.ts'], {
    env: { ...process.env, NODE_OPTIONS: '', SANDBOX_PORT: String(port) },
  });
}

it('runs as a process: it prints addresses, an environment and ids, and exits with 0 on SIGTERM', async () => {
  const child = startSandbox(0);
  let printed = '';
  for await (const piece of child.stdout.setEncoding('utf8')) {
    printed += piece;
    if (printed.includes(exampleTasks.at(-1)?.id ?? '')) break;
  }
  for (const { id, shows } of exampleTasks) expect(printed).toMatch(new RegExp(`^  ${id} +${shows}`, 'm'));
  const variables = [...printed.matchAll(/^([A-Z_]+)=\S+$/gm)].map(([, name]) => name);
  const sandbox = await createSandbox();
  await sandbox.close();
  expect(variables).toEqual(Object.keys(sandbox.environment()));
  const controlUrl = /^ {2}control +(\S+)/m.exec(printed)?.[1];
  expect((await send({ url: `${controlUrl}/stats` })).status).toBe(200);

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('reports in one line that a port is in use, and keeps no port open', async () => {
  const other = await createSandbox();
  const child = startSandbox(new URL(other.urls.control).port);
  const exit = once(child, 'exit');
  let message = '';
  for await (const piece of child.stderr.setEncoding('utf8')) message += piece;
  expect(await exit).toEqual([1, null]);
  expect(message).toMatch(/^The sandbox cannot start: .*EADDRINUSE.*\n$/);
  await other.close();
});

it('has an example of its own for each id', () => {
  expect(new Set(exampleTasks.map(({ id }) => id)).size).toBe(exampleTasks.length);
});

it('is described by its README, which has every fault', async () => {
  const readme = await readFile('sandbox/README.md', 'utf8');
  for (const name of faultNames) expect(readme).toContain(`| \`${name}\` |`);
});

describe('the files of the sandbox', () => {
  it('import nothing of the program that they test', async () => {
    const files = (await readdir('sandbox', { recursive: true })).filter((name) => name.endsWith('.ts'));
    const imported = files.map(async (name) =>
      importsOf(`sandbox/${name}`, await readFile(`sandbox/${name}`, 'utf8')),
    );
    const targets = (await Promise.all(imported)).flat();
    expect(targets.filter((target) => target.startsWith('sandbox/')).length).toBeGreaterThan(20);
    expect(targets.filter((target) => !/^(sandbox\/|node:|lru-cache$)/.test(target))).toEqual([]);
  });

  it('are tested for every provider', async () => {
    const tests = (await readdir('test/sandbox')).filter((name) => name.endsWith('.test.ts'));
    const texts = await Promise.all(tests.map((name) => readFile(`test/sandbox/${name}`, 'utf8')));
    const tested = providerNames.filter((name) =>
      texts.some((text) => text.includes(`  provider: '${name}',`)),
    );
    expect(tested).toEqual(providerNames);
  });

  it('have the same layout for every vendor', async () => {
    const folders = (await readdir('sandbox', { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    );
    const layouts = await Promise.all(folders.map(({ name }) => readdir(`sandbox/${name}`)));
    expect(layouts.length).toBeGreaterThan(0);
    const layout = ['index.ts', 'protocol.ts', 'scenarios.ts'];
    expect(layouts.map((names) => names.sort())).toEqual(layouts.map(() => layout));
  });
});
