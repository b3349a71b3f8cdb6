export type Phase = 'queued' | 'running' | 'final';
export type Outcome = 'succeeded' | 'partial' | 'failed';

/** The state of a task. Times are ms epoch; a future one is `undefined`. */
export interface TaskState {
  readonly phase: Phase;
  /** The task's outcome, also before it has ended. */
  readonly outcome: Outcome;
  /** Whole percent, 0 to 100. */
  readonly progress: number;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** How long a task is queued and runs, in ms, and its outcome. */
export interface Lifecycle {
  /** The task's age when it is first asked for. */
  readonly initialAgeMs: number;
  readonly queuedMs: number;
  readonly runningMs: number;
  readonly outcome: Outcome;
}

const evolving: Lifecycle = { initialAgeMs: 0, queuedMs: 4_000, runningMs: 20_000, outcome: 'succeeded' };

/** Has ended before the first request. */
const done: Lifecycle = { ...evolving, initialAgeMs: 60_000 };

/** The lifecycle of `evolving-<anything>`, `done-<n>` and `load-<n>`; undefined for any other id. */
export function findLifecycle(taskId: string): Lifecycle | undefined {
  if (/^evolving-./.test(taskId)) return evolving;
  if (/^done-\d{1,9}$/.test(taskId)) return done;
  const load = /^load-(\d{1,9})$/.exec(taskId);
  return load ? lifecycleOfLoad(Number(load[1])) : undefined;
}

/** Load tasks differ from one number to the next, so that they do not all change at once; numbers that end in 3 or 7 have another outcome. */
function lifecycleOfLoad(n: number): Lifecycle {
  return {
    initialAgeMs: 0,
    queuedMs: 2_000 + ((n * 7) % 5) * 1_000,
    runningMs: 10_000 + ((n * 13) % 21) * 1_000,
    outcome: n % 10 === 3 ? 'partial' : n % 10 === 7 ? 'failed' : 'succeeded',
  };
}

export function toTaskState(lifecycle: Lifecycle, createdAt: number, now: number): TaskState {
  const startsAt = createdAt + lifecycle.queuedMs;
  const endsAt = startsAt + lifecycle.runningMs;
  const phase = now < startsAt ? 'queued' : now < endsAt ? 'running' : 'final';
  const percent = Math.floor(((now - startsAt) / lifecycle.runningMs) * 100);
  return {
    phase,
    outcome: lifecycle.outcome,
    progress: Math.min(100, Math.max(0, percent)),
    createdAt,
    startedAt: phase === 'queued' ? undefined : startsAt,
    finishedAt: phase === 'final' ? endsAt : undefined,
  };
}
