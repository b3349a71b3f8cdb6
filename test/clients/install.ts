import { execSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs this folder's packages, unless what its lockfile lists is there already. */

const modifiedAt = (path: string): number =>
  statSync(join(import.meta.dirname, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modifiedAt('node_modules/.package-lock.json') < modifiedAt('package-lock.json')) {
  process.stdout.write('Installing GraphQL clients (250 MB) into test/clients ...\n');
  execSync('npm ci', { cwd: import.meta.dirname, stdio: 'inherit' });
}
