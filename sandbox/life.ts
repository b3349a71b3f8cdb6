import { createMemory } from './memory.ts';

export type Phase = 'queued' | 'running' | 'final';
export type Outcome = 'succeeded' | 'partial' | 'failed';

/** Where a task stands. Times are ms epoch; one that has not come yet is `undefined`. */
export interface Moment {
  readonly phase: Phase;
  /** What became of the task, or will. */
  readonly outcome: Outcome;
  /** Whole percent, 0 to 100. */
  readonly progress: number;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** How long a task waits and works, in ms, and how it ends. */
interface Life {
  /** How old it is when it is first asked about. */
  readonly bornAgoMs: number;
  readonly queuedMs: number;
  readonly runningMs: number;
  readonly outcome: Outcome;
}

const evolving: Life = { bornAgoMs: 0, queuedMs: 4_000, runningMs: 20_000, outcome: 'succeeded' };

/** Over before anybody asks. */
const done: Life = { ...evolving, bornAgoMs: 60_000 };

/** The births remembered at least: of new ids at the largest documented quota, half an hour of them. */
const BIRTHS_KEPT = 100_000;

/**
 * Remembers when each living task was first asked about.
 * `momentOf` is where `id` stands now, or undefined unless the id is `evolving-<anything>`, `load-<n>` or `done-<n>`.
 * `key` names the task where the id alone does not.
 */
export interface Lives {
  momentOf(id: string, now: number, key?: string): Moment | undefined;
}

export function createLives(): Lives {
  const births = createMemory<number>(BIRTHS_KEPT);
  return {
    momentOf(id, now, key = id) {
      const life = lifeOf(id);
      if (life === undefined) return undefined;
      const bornAt = births.get(key) ?? now - life.bornAgoMs;
      births.set(key, bornAt);
      return momentInLife(life, bornAt, now);
    },
  };
}

function lifeOf(id: string): Life | undefined {
  if (/^evolving-./.test(id)) return evolving;
  if (/^done-\d{1,9}$/.test(id)) return done;
  const load = /^load-(\d{1,9})$/.exec(id);
  return load ? lifeOfLoad(Number(load[1])) : undefined;
}

/** Lives differ from one number to the next, so that a crowd of them does not change state all at once. */
function lifeOfLoad(n: number): Life {
  return {
    bornAgoMs: 0,
    queuedMs: 2_000 + ((n * 7) % 5) * 1_000,
    runningMs: 10_000 + ((n * 13) % 21) * 1_000,
    outcome: outcomeOfLoad(n),
  };
}

/** One in ten fails, one in ten succeeds in part only. */
function outcomeOfLoad(n: number): Outcome {
  if (n % 10 === 3) return 'partial';
  if (n % 10 === 7) return 'failed';
  return 'succeeded';
}

function momentInLife(life: Life, createdAt: number, now: number): Moment {
  const startsAt = createdAt + life.queuedMs;
  const endsAt = startsAt + life.runningMs;
  const phase = now < startsAt ? 'queued' : now < endsAt ? 'running' : 'final';
  const percent = Math.floor(((now - startsAt) / life.runningMs) * 100);
  return {
    phase,
    outcome: life.outcome,
    progress: Math.min(100, Math.max(0, percent)),
    createdAt,
    startedAt: phase === 'queued' ? undefined : startsAt,
    finishedAt: phase === 'final' ? endsAt : undefined,
  };
}
