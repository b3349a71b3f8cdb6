import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, test } from '@jest/globals';
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { providerNames } from '../../sandbox/index.ts';
import { type ReadyQuery, readyQueries } from '../../src/graphiql/queries.ts';
import { toRootField } from '../../src/graphql/resolvers.ts';
import { readSdl } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';

const schema = buildSubgraphSchema(parse(readSdl()));

function onlyOperation(document: DocumentNode): OperationDefinitionNode {
  const operation = getOperationAST(document);
  if (operation === null || operation === undefined) {
    throw new Error('not exactly one operation');
  }
  return operation;
}

const named = readyQueries.map((ready): [string, ReadyQuery] => [ready.title, ready]);

describe.each(named)('the ready-made query %s', (title, { query, variables = {} }) => {
  test('is valid against the schema', () => {
    expect(validate(schema, parse(query))).toEqual([]);
  });

  test('has exactly the variables it asks for, of the right types', () => {
    const wanted = onlyOperation(parse(query)).variableDefinitions ?? [];
    const names = wanted.map(({ variable }) => variable.name.value);
    expect(names).toEqual(Object.keys(variables));
    expect(getVariableValues(schema, wanted, variables).errors).toBeUndefined();
  });

  test('is named like its tab, and explained by a comment', () => {
    expect(onlyOperation(parse(query)).name?.value).toBe(title);
    expect(query).toMatch(/^# [A-Z][^{]+\.\n(query|subscription) /);
  });
});

test('every provider with tasks in the sandbox has a tab of its own, and some of them in the dashboard', () => {
  const all = readyQueries.map(({ query }) => query).join('\n');
  const inSandbox = new Set<string>(providerNames);
  const shown = providers.filter(({ name }) => inSandbox.has(name));
  expect(shown).toHaveLength(providerNames.length);
  for (const { name, typename } of shown) {
    expect(all).toContain(`${toRootField(typename)}(`);
    expect(readyQueries[0]?.variables?.ids).toContainEqual(expect.stringMatching(`^${name}:`));
  }
});
