import { expect, test } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import { findTodos, todosIn } from './todos.ts';

test('what is left to do is found in comments of every kind, with its line', () => {
  const source =
    '// TODO: one.\n  # TODO: two.\ncode(); /* TODO: three. */\n"Says. TODO: four."\n// TODO, some day';
  expect(todosIn('a.ts', source)).toEqual([
    { where: 'a.ts:1', what: 'one.' },
    { where: 'a.ts:2', what: 'two.' },
    { where: 'a.ts:3', what: 'three.' },
    { where: 'a.ts:4', what: 'four.' },
  ]);
});

test('nothing is left to do for any provider', () => {
  expect(providers.flatMap(({ name }) => findTodos(name))).toEqual([]);
});
