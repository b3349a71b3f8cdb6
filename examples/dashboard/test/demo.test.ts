import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openStack } from '../../../test/support/stack.ts';

/** `npm run demo`, with and without the packages of the dashboard; and the server, which has no dashboard. */

const root = join(import.meta.dirname, '../../..');

/** Starts the demo of a copy of the project, and ends it once it has printed its addresses. */
const runDemo = async <Result>(
  directory: string,
  look: (printed: {
    readonly stdout: string;
    readonly stderr: string;
    readonly url: string;
  }) => Promise<Result>,
): Promise<Result> => {
  const child = spawn(process.execPath, ['src/demo.ts'], {
    cwd: directory,
    // No registry: nothing listens on port 1.
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      npm_config_registry: 'http://127.0.0.1:1/',
      npm_config_cache: join(directory, 'cache'),
    },
  });
  try {
    let stdout = '';
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      stderr += piece;
    });
    for await (const piece of child.stdout.setEncoding('utf8')) {
      stdout += piece;
      if (stdout.includes('Ctrl+C')) break;
    }
    const url = /GraphiQL +(http:\S+)\//.exec(stdout)?.[1] ?? '';
    return await look({ stdout, stderr, url });
  } finally {
    child.kill('SIGKILL');
  }
};

it('the demo serves the dashboard with a policy that allows pictures from elsewhere, and nothing else', async () => {
  await runDemo(root, async ({ stdout, url }) => {
    expect(stdout).toContain(`Dashboard  ${url}/dashboard\n`);
    const page = await fetch(`${url}/dashboard`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';");
    expect(policy).toContain("img-src 'self' data: https:");
    const [script] = /main-\w+\.js/.exec(await page.text()) ?? [];
    expect((await fetch(`${url}/dashboard/${script}`)).status).toBe(200);
  });
});

it('without a network, the demo says in one line that it goes on without the dashboard', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'demo-'));
  try {
    for (const part of ['src', 'sandbox', 'schema', 'package.json', 'examples/dashboard']) {
      const filter = (path: string) => !['node_modules', 'dist'].includes(basename(path));
      await cp(join(root, part), join(copy, part), { recursive: true, filter });
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await runDemo(copy, async ({ stdout, stderr, url }) => {
      expect(stderr).toMatch(/^The dashboard is left out, .*: npm error .*\n$/);
      expect(stdout).toContain("Installing the dashboard's packages");
      expect(stdout).not.toContain('Dashboard  ');
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    });
  } finally {
    await rm(copy, { recursive: true });
  }
});

it('the server does not serve it', async () => {
  const stack = await openStack({ variables: { GRAPHIQL: 'true' } });
  try {
    expect((await fetch(`${stack.url}/dashboard/`)).status).toBe(404);
  } finally {
    await stack.close();
  }
});
