import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStack, type Stack } from '../support/stack.ts';
import { appDirectory, bundle, readSnippets, runTool } from './app.ts';

/** docs/clients.md, followed step by step with the compilers that clients use, and what runs without a browser. */

const root = join(import.meta.dirname, '../..');
let stack: Stack;

beforeAll(async () => {
  stack = await openStack();
});

afterAll(async () => stack.close());

const readApp = (path: string): string => readFileSync(join(appDirectory, path), 'utf8');

describe('docs/clients.md', () => {
  it('holds no block of code that is not compiled', async () => {
    const page = readFileSync(join(root, 'docs/clients.md'), 'utf8');
    const blocks = [...page.matchAll(/^```(ts|tsx|js|jsx|json|graphql)\n/gm)];
    const names = [...readSnippets().keys()];
    expect(names).toHaveLength(blocks.length);
    const bundles = await Promise.all(['page.tsx', 'dist/src/report.ts'].map(bundle));
    const modules = new Set(bundles.flatMap(({ modules }) => modules));
    const compiledByOthers = /^(codegen\.ts|relay\/.*)$/;
    expect(names.filter((name) => !modules.has(name) && !compiledByOthers.test(name))).toEqual([]);
  });

  it('is correct TypeScript, generated types included', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await runTool(tsc, ['-p', import.meta.dirname])).toBe('');
  });
});

describe('codegen client-preset with strict scalars', () => {
  const generate = async (schema: string, change = (config: string) => config): Promise<void> => {
    const config = change(readApp('codegen.ts')).replace("'schema.graphql'", `'${schema}'`);
    writeFileSync(join(appDirectory, 'other-codegen.ts'), config.replace("'src/gql/'", "'other-gql/'"));
    await runTool('graphql-codegen', ['--config', 'other-codegen.ts']);
  };

  it('generates the same types from the endpoint as from the file', async () => {
    await generate(`${stack.url}/graphql`);
    for (const name of ['graphql.ts', 'gql.ts'])
      expect(readApp(`other-gql/${name}`)).toBe(readApp(`src/gql/${name}`));
    expect(readApp('src/gql/graphql.ts')).toContain(
      "{ __typename: 'ZegoTencentTask', fileId: string | null }",
    );
  });

  it('refuses a scalar without a type by its name', async () => {
    const generating = generate('schema.graphql', (config) => config.replace("DateTime: 'string', ", ''));
    await expect(generating).rejects.toThrow(/Unknown scalar type DateTime/);
  });
});

describe("Relay's compiler", () => {
  it('compiles fragments on the interface and the union, into a query that the server answers', async () => {
    await runTool('relay-compiler', ['relay.config.json'], join(appDirectory, 'relay'));
    expect(readApp('relay/src/__generated__/task_row.graphql.ts')).toContain('readonly sizeBytes: number');
    const artifact = readApp('relay/src/__generated__/taskTasksQuery.graphql.ts');
    const text = JSON.parse(/"text": (".*")/.exec(artifact)?.[1] ?? '""') as string;
    const { data, errors } = await stack.ask<{ mediaTasks: object[] }>(text, {
      ids: ['zego:tencent:compose'],
    });
    expect(errors).toBeUndefined();
    expect(data.mediaTasks).toEqual([
      expect.objectContaining({
        status: 'SUCCEEDED',
        detail: expect.objectContaining({ fileId: expect.any(String) }),
      }),
    ]);
  });
});

describe('graphql-request', () => {
  it('reports statuses, problems, and a malformed id beside them', async () => {
    writeFileSync(join(appDirectory, 'report.mjs'), (await bundle('dist/src/report.ts')).text);
    const { report } = (await import(join(appDirectory, 'report.mjs'))) as typeof import('./dist/src/report');
    expect(
      await report(`${stack.url}/graphql`, ['zego:tencent:compose', 'nonsense', 'visionular:no-such-task']),
    ).toEqual([
      'zego:tencent:compose: SUCCEEDED',
      expect.stringMatching(/^visionular:no-such-task: /),
      expect.stringContaining('The id "nonsense" must begin with'),
    ]);
  });
});
