import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { type ASTNode, type DocumentNode, parse, visit } from 'graphql';
import { readSdl } from '../src/graphql/schema.ts';

/**
 * Types from the SDL, which is the model: `npm run codegen` writes them, `npm run codegen:check` fails when they are not
 * what the SDL says.
 */

const root = join(import.meta.dirname, '..');

const shared = {
  federation: true,
  strictScalars: true,
  scalars: { ID: 'string', DateTime: 'string', MediaTaskLong: 'number', _FieldSet: 'string' },
  enumsAsTypes: true,
  immutableTypes: true,
  avoidOptionals: { field: true, object: true, inputValue: true, defaultValue: true },
  useTypeImports: true,
  importExtension: '.ts',
  defaultScalarType: 'unknown',
  // The types; their members are sorted below.
  sort: true,
};

/** The domain's types: plain data, no imports, every schema field present. */
const model = { file: 'src/generated/model.ts', plugins: ['typescript'], config: shared };

/** The resolvers' signatures: a promise is welcome wherever a nullable value is. */
const resolverTypes = {
  file: 'src/generated/resolvers.ts',
  plugins: ['typescript', 'resolvers'],
  config: {
    ...shared,
    maybeValue: 'T extends PromiseLike<infer U> ? Promise<U | null> : T | null',
    contextType: '../graphql/context.ts#Context',
    mappers: { MediaTask: '../domain/task.ts#TaskIdentity' },
  },
};

const memberLists = ['fields', 'values', 'arguments', 'types', 'interfaces'] as const;

/** With the members of each type in alphabetical order: a member that moves in the SDL changes no generated line. */
const sortMembers = (document: DocumentNode): DocumentNode =>
  visit(document, {
    leave: (node: ASTNode) => {
      const lists = node as Partial<
        Record<(typeof memberLists)[number], readonly { name: { value: string } }[]>
      >;
      const sorted = memberLists.flatMap((list) => {
        const members = lists[list];
        return members
          ? [[list, members.toSorted((one, other) => (one.name.value < other.name.value ? -1 : 1))]]
          : [];
      });
      return { ...node, ...Object.fromEntries(sorted) };
    },
  });

const generate = ({ file, plugins, config }: typeof model): Promise<string> =>
  codegen({
    filename: join(root, file),
    schema: sortMembers(parse(readSdl())),
    documents: [],
    pluginMap: { typescript, resolvers },
    plugins: plugins.map((name) => ({ [name]: {} })),
    config,
  });

const isCheck = process.argv.includes('--check');
for (const output of [model, resolverTypes]) {
  const path = join(root, output.file);
  const generated = await generate(output);
  if (!isCheck) {
    writeFileSync(path, generated);
  } else if (readFileSync(path, 'utf8') !== generated) {
    process.stderr.write(`${output.file} is not what the SDL says. Renew it with: npm run codegen\n`);
    process.exitCode = 1;
  }
}
