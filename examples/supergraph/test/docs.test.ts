import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { legend, table } from './table.ts';

/** docs/federation.md has the results of the tests, and quotes the configuration that they use. */

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/federation.md');

it('has the table of queries and gateways, and the reasons', () => {
  expect(page).toContain(`\n${table}\n`);
  expect(page).toContain(`\n${legend}\n`);
});

it('quotes the gateways as they run in the tests', () => {
  const sources =
    read('examples/supergraph/gateways/apollo.ts') + read('examples/supergraph/gateways/hive.ts');
  const quotes = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, quote = '']) => quote);
  expect(quotes).toHaveLength(2);
  for (const quote of quotes) expect(sources).toContain(quote);
});
