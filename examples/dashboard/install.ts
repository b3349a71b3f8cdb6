import { execSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs this folder's packages, unless what its lockfile lists is there already. */

const directory = import.meta.dirname;

const modifiedAt = (path: string): number =>
  statSync(join(directory, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

interface InstallOptions {
  /** Also what only the checks of this folder need, which is three quarters of it all. */
  readonly withTools: boolean;
}

/** @throws when the packages cannot be had, as without a network */
export const installDashboard = ({ withTools }: InstallOptions): void => {
  const isUpToDate = modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json');
  if (isUpToDate && (!withTools || modifiedAt('node_modules/axe-core') > 0)) return;
  process.stdout.write(
    `Installing the dashboard's packages (${withTools ? '180' : '55'} MB) into examples/dashboard ...\n`,
  );
  try {
    const options = withTools ? '' : '--omit=dev';
    // Without a network, it is better to know soon.
    execSync(`npm ci --fetch-retries=0 --fetch-timeout=20000 ${options}`, { cwd: directory, stdio: 'pipe' });
  } catch (error) {
    const [reason = 'npm ci failed'] =
      /npm error .*/.exec(String((error as { stderr?: Buffer }).stderr)) ?? [];
    throw new Error(reason);
  }
};

if (import.meta.main) installDashboard({ withTools: true });
