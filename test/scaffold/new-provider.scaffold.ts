import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CopiedTree, copyTree } from './copied-tree.ts';
import { fillIn } from './fill-in.ts';

/** The existing files that the scaffold changes. */
const changed = [
  '.env.example',
  'docs/providers.md',
  'src/generated/model.ts',
  'src/generated/possible-types.json',
  'src/generated/resolvers.ts',
  'src/providers/index.ts',
];

const written = [
  'schema/acme.graphql',
  'src/providers/acme/index.ts',
  'src/providers/acme/normalise.ts',
  'src/providers/acme/read.ts',
  'test/providers/acme/conformance.test.ts',
  'test/providers/acme/documented-fields.ts',
  'test/providers/acme/harness.ts',
];

/** The tests that cover every provider: they import the registry, the harnesses or the SDL. */
const derivedTests = (root: string): string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) =>
      /providers\/index\.ts'|\/settings\.ts'|\breadSdl\b|\breadSchema\b|acme\//.test(
        `${readFileSync(join(root, path), 'utf8')} ${path}`,
      ),
    )
    // The other providers' own tests do not depend on a new one.
    .filter((path) => !/providers\/(?!acme)[\w-]+\//.test(path));

describe('npm run new:provider acme', () => {
  let tree: CopiedTree;
  const expectChecks = () => {
    for (const script of ['lint', 'types', 'codegen:check']) {
      const { ok, output } = tree.npm(script);
      expect([script, ok ? '' : output]).toEqual([script, '']);
    }
  };

  beforeAll(() => {
    tree = copyTree();
  });
  afterAll(() => tree.remove());

  test.each([
    [['Acme'], /"Acme" must be lower-case words/],
    [['acme', '--key', 'taskId,taskId'], /"taskId" must be in camelCase/],
    [['acme', '--key', 'status'], /"status" must be/],
    [['zego'], /Nothing was written: schema\/zego\.graphql/],
    [[], /Usage: npm run new:provider <name>/],
  ])('refuses %j and writes nothing', (args, message) => {
    const { ok, output } = tree.npm('new:provider', '--', ...args);
    expect([ok, output]).toEqual([false, expect.stringMatching(message)]);
    expect(tree.changedFiles()).toEqual([]);
  });

  test('writes a provider that passes lint, types and codegen at once, and edits nothing else', () => {
    const { ok, output } = tree.npm('new:provider', 'acme', '--', '--key', 'projectId,taskId');
    expect([ok, ok ? '' : output]).toEqual([true, '']);
    expect(tree.changedFiles()).toEqual([...changed, ...written].sort());
    expectChecks();
  });

  test('whose conformance suite lists what is missing', () => {
    const { ok, output } = tree.npm('test', '--', 'test/providers/acme');
    expect(ok).toBe(false);
    expect(output).toMatch(/Acme is finished: it is tested once nothing is left to do/);
    const marked = written.flatMap(
      (path) => readFileSync(join(tree.path, path), 'utf8').match(/TODO: .*/g) ?? [],
    );
    expect(marked.length).toBeGreaterThan(20);
    for (const todo of marked) expect(output).toContain(todo.replace('TODO: ', ''));
    expect(output).toMatch(/schema\/acme\.graphql:\d+: /);
  });

  test('which, filled in, passes lint, types, codegen and every test that derives from the registry', () => {
    fillIn(tree.path);
    tree.npm('codegen');
    tree.npm('docs:providers');
    tree.npm('format');
    expect(tree.changedFiles()).toEqual([...changed, ...written].sort());
    expectChecks();
    const tests = derivedTests(tree.path);
    expect(tests).toContain('test/providers/acme/conformance.test.ts');
    const { ok, output } = tree.npm('test', '--', '--maxWorkers=2', '--ci=false', ...tests);
    expect([ok, ok ? '' : output]).toEqual([true, '']);
  });
});
