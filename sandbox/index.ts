import { toExampleTasks } from './example-tasks.ts';
import { type OpenOptions, type OpenSandbox, openSandbox, type ProviderOf } from './sandbox.ts';
import { vendors } from './vendors.ts';

export type { ExampleTask } from './example-tasks.ts';
export { type FaultName, type FaultSetting, faultNames } from './faults.ts';
export type { ApiReport } from './served-api.ts';

/** A provider that has a vendor in the sandbox. */
export type ProviderName = ProviderOf<typeof vendors>;
export type Sandbox = OpenSandbox<typeof vendors>;
export type SandboxOptions = OpenOptions<typeof vendors>;

/** The default control port of `npm run sandbox`; the vendors' ports follow. */
export const DEFAULT_PORT = 4_400;

export const exampleTasks = toExampleTasks(vendors);

export const providerNames: readonly ProviderName[] = [
  ...new Set(exampleTasks.map(({ provider }) => provider)),
];

/** Opens the vendors of the registry; see openSandbox. */
export function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return openSandbox(vendors, options);
}
