import { readFileSync } from 'node:fs';
import type { Json } from './json.ts';

/** The text of a file in `test/fixtures/`. */
export const readFixture = (path: string): string =>
  readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');

export const readJsonFixture = (path: string): Json => JSON.parse(readFixture(path)) as Json;
