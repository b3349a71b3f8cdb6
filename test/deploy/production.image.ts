import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { assemble, readStages } from './dockerfile.ts';

/**
 * The images, assembled by the Dockerfile's own instructions and started as the user that it names, who owns nothing
 * of them. Only `npm ci` of the build stage is not repeated: the packages of this checkout take its place.
 */

const root = join(import.meta.dirname, '../..');
const dockerfile = join(root, 'Dockerfile');
const directory = mkdtempSync(join(tmpdir(), 'media-task-image-'));
let stages: ReadonlyMap<string, string>;

/** The files that `.dockerignore` lets through. */
const copyContext = (context: string): void => {
  const allowed = [...readFileSync(join(root, '.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm)];
  for (const [, path = ''] of allowed) cpSync(join(root, path), join(context, path), { recursive: true });
};

beforeAll(() => {
  const context = join(directory, 'context');
  copyContext(context);
  stages = assemble(dockerfile, {
    directory,
    context,
    replace(command, workingDirectory) {
      if (command !== 'npm ci --ignore-scripts') return false;
      symlinkSync(join(root, 'node_modules'), join(workingDirectory, 'node_modules'));
      return true;
    },
  });
  chmodSync(directory, 0o755);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Only root may start a process as another user; in CI the tests are root. */
const mayBecomeOthers = process.getuid?.() === 0;

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

const instructionsOf = (stage: string, name: string): string[] =>
  (readStages(dockerfile).get(stage) ?? []).filter((one) => one.name === name).map(({ text }) => text);

/** The stage's variables. */
const variablesOf = (stage: string) =>
  Object.fromEntries(
    instructionsOf(stage, 'ENV').flatMap((text) => text.split(' ').map((one) => one.split('='))),
  );

/** Starts a command of a stage, as its user where this one may become another. */
const start = (stage: string, [command, ...parameters]: string[], variables: Record<string, string>) => {
  const [uid = 0, gid = 0] = (instructionsOf(stage, 'USER')[0] ?? '').split(':').map(Number);
  expect(uid).toBeGreaterThan(0);
  const child = spawn(command === 'node' ? process.execPath : (command ?? ''), parameters, {
    cwd: stages.get(stage) ?? '',
    env: { ...variablesOf(stage), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(mayBecomeOthers ? { uid, gid } : {}),
  });
  children.push(child);
  return child;
};

const commandOf = (stage: string): string[] =>
  JSON.parse(instructionsOf(stage, 'CMD')[0] ?? '[]') as string[];

/** The first match in what it writes. */
const written = (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const look = (piece: Buffer) => {
      output += piece;
      const [, match] = pattern.exec(output) ?? [];
      if (match !== undefined) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`Ended without writing ${pattern}: ${output}`)));
  });

describe('the image of the subgraph', () => {
  const startSubgraph = async () => {
    const child = start('', commandOf(''), { PORT: '0', ALLOW_PUBLIC: 'true', GRAPHIQL: 'true' });
    const port = await written(child, /GraphQL at http:\/\/[\d.]+:(\d+)\/graphql/);
    return { child, port, url: `http://127.0.0.1:${port}` };
  };

  test('answers a query, and has GraphiQL', async () => {
    const { url } = await startSubgraph();
    const reply = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ mediaTask(id: "zego:tencent:a") { id problem { code } } }' }),
    });
    const problem = { code: 'PROVIDER_NOT_CONFIGURED' };
    expect(await reply.json()).toEqual({ data: { mediaTask: { id: 'zego:tencent:a', problem } } });
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('graphiql')]);
  });

  test('cannot be written to by its user', async () => {
    if (!mayBecomeOthers) return;
    const [code] = await once(start('', ['node', '-e', 'fs.writeFileSync("src/main.ts", "")'], {}), 'exit');
    expect(code).toBe(1);
  });

  test('is healthy while it is ready, by its own health check', async () => {
    const [, check = '[]'] = /CMD (\[.*\])$/.exec(instructionsOf('', 'HEALTHCHECK')[0] ?? '') ?? [];
    const { child, port } = await startSubgraph();
    const isHealthy = async () => {
      const [code] = await once(start('', JSON.parse(check) as string[], { PORT: port }), 'exit');
      return code;
    };
    expect(await isHealthy()).toBe(0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await isHealthy()).toBe(1);
  });
});

test('the image of the sandbox starts its vendors', async () => {
  const child = start('sandbox', commandOf('sandbox'), { SANDBOX_PORT: '0' });
  const control = await written(child, /control +(http:\S+)/);
  expect((await fetch(`${control}/stats`)).status).toBe(200);
});
