export type Phase = 'queued' | 'running' | 'final';
export type Outcome = 'succeeded' | 'partial' | 'failed';

/** Where a task stands. Times are ms epoch; one that has not come yet is `undefined`. */
export interface TaskState {
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
export interface Lifecycle {
  /** How old the task is when it is first asked for. */
  readonly initialAgeMs: number;
  readonly queuedMs: number;
  readonly runningMs: number;
  readonly outcome: Outcome;
}

const evolving: Lifecycle = { initialAgeMs: 0, queuedMs: 4_000, runningMs: 20_000, outcome: 'succeeded' };

/** Over before anybody asks. */
const done: Lifecycle = { ...evolving, initialAgeMs: 60_000 };

/** The lifecycle of `evolving-<anything>`, `done-<n>` and `load-<n>`; undefined for any other id. */
export function findLifecycle(taskId: string): Lifecycle | undefined {
  if (/^evolving-./.test(taskId)) return evolving;
  if (/^done-\d{1,9}$/.test(taskId)) return done;
  const load = /^load-(\d{1,9})$/.exec(taskId);
  return load ? lifecycleOfLoad(Number(load[1])) : undefined;
}

/** Load tasks differ from one number to the next, so that they do not all change at once; 3 and 7 end otherwise. */
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
