import { spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/**
 * This process takes no processor time that others want, as if it ran on a machine of its own. Linux schedules even the
 * lowest priority beside others for milliseconds, but not the policy SCHED_IDLE, which only `chrt` of util-linux can set.
 */
export const yieldProcessor = (): void => {
  setPriority(constants.priority.PRIORITY_LOW);
  spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)]);
};
