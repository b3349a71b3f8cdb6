import { createSandbox } from '../../../sandbox/index.ts';
import { startHostileVendor } from './hostile-vendor.ts';
import { yieldProcessor } from './yield-processor.ts';

/** The vendors, hostile ones included, in a process of their own. */

export interface OpenVendors {
  readonly environment: Readonly<Record<string, string>>;
  /** Of the sandbox. */
  readonly controlUrl: string;
  /** Answers with the number of calls of the hostile ones. */
  readonly hostileCallsUrl: string;
}

// As on machines of their own, see the attackers.
yieldProcessor();

const sandbox = await createSandbox();
const hostile = await startHostileVendor();
const opened: OpenVendors = {
  environment: { ...sandbox.environment(), ...hostile.environment },
  controlUrl: sandbox.urls.control,
  hostileCallsUrl: hostile.callsUrl,
};
process.once('disconnect', () => process.exit(0));
process.send?.(opened);
