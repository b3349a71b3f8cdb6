import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Harness } from './harness.ts';

const directory = join(import.meta.dirname, '../providers');

const isHarness = (value: unknown): value is Harness =>
  typeof value === 'object' && value !== null && 'provider' in value && 'credentials' in value;

/** The harness of every provider, one for each, by the folders of `test/providers/`. */
const readHarnesses = async (): Promise<readonly Harness[]> => {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])harness\.ts$/.test(path))
    .sort();
  const modules = await Promise.all(
    paths.map((path) => import(join(directory, path)) as Promise<Readonly<Record<string, unknown>>>),
  );
  const harnesses = modules.flatMap((module) => Object.values(module).filter(isHarness));
  return [...new Map(harnesses.map((harness) => [harness.provider.name, harness])).values()];
};

export const harnesses = await readHarnesses();
