import { describe, expect, test } from '@jest/globals';
import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { type ReadyQuery, readyQueries } from '../../src/graphiql/queries.ts';
import { readSchema } from './canned-server.ts';

const schema = await readSchema();

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

  test('is named as its tab and says in plain words what it shows', () => {
    expect(onlyOperation(parse(query)).name?.value).toBe(title);
    expect(query).toMatch(/^# [A-Z][^{]+\.\nquery /);
  });
});

test('every provider has a tab of its own, and the dashboard has tasks of every provider', () => {
  const all = readyQueries.map(({ query }) => query).join('\n');
  const roots = Object.keys(schema.getQueryType()?.getFields() ?? {});
  const perProvider = roots.filter((name) => name.endsWith('Task') && name !== 'mediaTask');
  expect(perProvider).toHaveLength(5);
  for (const root of perProvider) {
    expect(all).toContain(`${root}(`);
  }
  for (const prefix of ['aliyun-vod', 'visionular', 'volcengine-webcast', 'volcengine-whiteboard', 'zego']) {
    expect(readyQueries[0]?.query).toContain(`"${prefix}:`);
  }
});

test('the first query has no variables, because GraphiQL would not show them', () => {
  expect(readyQueries[0]?.variables).toBeUndefined();
});
