import type { Agent } from 'node:http';
import type { Target } from './target.ts';

/** What an attack may cost the server at most, everything that happens meanwhile included. */
export interface Bound {
  /** CPU time of the process, in ms. */
  readonly cpuMs: number;
  /** Resident memory, in MB. */
  readonly peakMb: number;
  /** Of all vendors. */
  readonly calls: number;
}

export interface Attack extends Bound {
  readonly name: string;
  /** Rejects when the server did not hold what it promises. */
  run(target: Target, agent: Agent): Promise<void>;
}
