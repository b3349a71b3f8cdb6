import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { ProviderName } from '../domain/task.ts';
import type { SharedMemory } from './shared-memory.ts';
import type { Trials, Turn } from './trial.ts';

/** So long after they were last taken, credentials are tried by one call again. */
const trustMs = 24 * 3_600_000;

/** How often a replica looks whether another one has found out. */
const lookAgainMs = 100;

const takeScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 'trusted' end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'ours' end
return 'theirs'
`;

const endScript = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
if ARGV[2] == '1' then redis.call('SET', KEYS[1], '1', 'PX', ARGV[3]) end
`;

const distrustScript = `redis.call('DEL', KEYS[1])`;

export interface SharedTrialsOptions {
  readonly provider: ProviderName;
  /** Names the credentials without telling them: others are not trusted because of these. */
  readonly fingerprint: string;
  /** How long one call to a vendor can last at most. */
  readonly flightMs: number;
  readonly clock: Clock;
}

/** Trials of all replicas, one after the other; as if alone while Redis is away. */
export const createSharedTrials = (
  memory: SharedMemory,
  { provider, fingerprint, flightMs, clock }: SharedTrialsOptions,
): Trials => {
  const keys = ['trusted', 'trial'].map((what) => `media-tasks:1:${what}:${provider}:${fingerprint}`);
  const tell = (script: string, ...args: (string | number)[]): void => {
    memory.run(script, keys, args).catch(() => {});
  };
  return {
    take: async (): Promise<Turn> => {
      const token = randomUUID();
      const answer = await memory.run(takeScript, keys, [token, flightMs]).catch(() => 'ours');
      if (answer === 'trusted') return { kind: 'trusted' };
      if (answer === 'theirs') return { kind: 'theirs', over: clock.sleep(lookAgainMs) };
      return { kind: 'ours', end: (isTrusted) => tell(endScript, token, isTrusted ? 1 : 0, trustMs) };
    },
    distrust: () => tell(distrustScript),
  };
};
