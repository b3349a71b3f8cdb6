import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { createSandbox, exampleTasks, faultNames } from '../../sandbox/index.ts';
import { send } from './clients.ts';

function startSandbox(port: string | number) {
  return spawn(process.execPath, ['sandbox/main.ts'], {
    env: { ...process.env, NODE_OPTIONS: '', SANDBOX_PORT: String(port) },
  });
}

it('runs alone: it prints where it is, an environment and the ids, and ends well on SIGTERM', async () => {
  const child = startSandbox(0);
  let printed = '';
  for await (const piece of child.stdout.setEncoding('utf8')) {
    printed += piece;
    if (printed.includes('zego:huawei:no-such-task')) break;
  }
  for (const { id } of exampleTasks) expect(printed).toContain(id);
  expect(printed).toMatch(/^ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX/m);
  const controlUrl = /^ {2}control +(\S+)/m.exec(printed)?.[1];
  expect((await send({ url: `${controlUrl}/stats` })).status).toBe(200);

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('says in one line that a port is taken, and leaves none open', async () => {
  const other = await createSandbox();
  const child = startSandbox(new URL(other.urls.control).port);
  const exit = once(child, 'exit');
  let complaint = '';
  for await (const piece of child.stderr.setEncoding('utf8')) complaint += piece;
  expect(await exit).toEqual([1, null]);
  expect(complaint).toMatch(/^The sandbox cannot open: .*EADDRINUSE.*\n$/);
  await other.close();
});

it('gives a subgraph everything it needs to ask the sandbox', async () => {
  const sandbox = await createSandbox();
  expect(Object.keys(sandbox.environment()).sort()).toEqual([
    'ALIBABA_CLOUD_ACCESS_KEY_ID',
    'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
    'ALIYUN_VOD_ENDPOINT',
    'VISIONULAR_ACCESS_KEY',
    'VISIONULAR_ENDPOINT',
    'VISIONULAR_SECRET_KEY',
    'VOLCENGINE_ACCESS_KEY',
    'VOLCENGINE_RTC_ENDPOINT',
    'VOLCENGINE_SECRET_KEY',
    'ZEGO_APP_ID',
    'ZEGO_ENDPOINT',
    'ZEGO_SERVER_SECRET',
  ]);
  expect(sandbox.urls.visionular).toMatch(/\/api\/query_task$/);
  await sandbox.close();
});

it('is described by its README: every example id, with what it shows, and every fault', async () => {
  const readme = await readFile('sandbox/README.md', 'utf8');
  for (const { id, shows } of exampleTasks) expect(readme).toContain(`| \`${id}\` | ${shows} |`);
  for (const name of faultNames) expect(readme).toContain(`| \`${name}\` |`);
});
