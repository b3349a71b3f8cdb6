import { createMemory } from './signatures.ts';

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

/**
 * A task that never changes: one plain sentence for the list of examples, the vendor's status, the phase, and what
 * differs from the usual one of that phase. `details` is what `describe` needs beyond the status.
 */
export type Scenario<Details> = readonly [
  shows: string,
  status: string,
  phase: Phase,
  more?: { readonly progress?: number; readonly details?: Details },
];

/** The vendor's status in each phase of a task that evolves; one without a word for partial success says succeeded. */
export function toStatus(
  statuses: Readonly<Record<'queued' | 'running' | 'succeeded' | 'failed', string>>,
): (state: TaskState) => string {
  return ({ phase, outcome }) =>
    statuses[phase === 'final' ? (outcome === 'failed' ? 'failed' : 'succeeded') : phase];
}

/** A task to be described in the vendor's form. */
export interface Task<Details = unknown> {
  readonly id: string;
  readonly status: string;
  readonly state: TaskState;
  /** Ms epoch. */
  readonly now: number;
  /** Absent for a task that evolves. */
  readonly details: Details | undefined;
}

/** Tasks with the same request and the same form of answer. */
export interface TaskFamily<Data = unknown, Details = unknown> {
  readonly scenarios: Readonly<Record<string, Scenario<Details>>>;
  /** The vendor's status of a task that evolves. */
  statusOf(state: TaskState): string;
  /** The part of the vendor's answer that describes the task. */
  describe(task: Task<Details>): Data;
  /** What to send to the vendor to ask for a task. */
  toParameters(taskId: string): Readonly<Record<string, string>>;
  /** What follows the provider in the subgraph's id; by default the values of the parameters. */
  toIdParts?(taskId: string): readonly string[];
  /** A short description of the vendor's answer about an unknown id. */
  readonly unknown: string;
}

/** The vendor's description of a task at this moment; undefined for an unknown one. `key` is unique where the id is not. */
export type FindTask<Data> = (taskId: string, now: number, key?: string) => Data | undefined;

/** `openedAt` (ms epoch) is when the sandbox opened. */
export function createFindTask<Data>(family: TaskFamily<Data>, openedAt: number): FindTask<Data> {
  const scenarios = new Map(Object.entries(family.scenarios));
  const creationTimes = createMemory<number>();

  return (id, now, key = id) => {
    const scenario = scenarios.get(id);
    if (scenario) {
      const [, status, phase, { details, progress } = {}] = scenario;
      const state = toUnchangingState(phase, openedAt, progress);
      return family.describe({ id, status, state, now, details });
    }
    const lifecycle = findLifecycle(id);
    if (!lifecycle) return undefined;
    const createdAt = creationTimes.get(key) ?? now - lifecycle.initialAgeMs;
    creationTimes.set(key, createdAt);
    const state = toTaskState(lifecycle, createdAt, now);
    return family.describe({ id, status: family.statusOf(state), state, now, details: undefined });
  };
}

/** How long a task is queued and runs, in ms, and its outcome. */
interface Lifecycle {
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
function findLifecycle(taskId: string): Lifecycle | undefined {
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

function toTaskState(lifecycle: Lifecycle, createdAt: number, now: number): TaskState {
  const { queuedMs, runningMs, outcome } = lifecycle;
  const runsForMs = now - createdAt - queuedMs;
  const phase = runsForMs < 0 ? 'queued' : runsForMs < runningMs ? 'running' : 'final';
  const progress = Math.min(100, Math.max(0, Math.floor((runsForMs / runningMs) * 100)));
  return { phase, outcome, progress, ...toTimes(phase, createdAt, queuedMs, runningMs) };
}

/** A task that never changes was created ten minutes before the sandbox opened. */
function toUnchangingState(phase: Phase, openedAt: number, progress = usualProgress[phase]): TaskState {
  const times = toTimes(phase, openedAt - 600_000, 4_000, 45_000);
  return { phase, outcome: 'succeeded', progress, ...times };
}

const usualProgress: Readonly<Record<Phase, number>> = { queued: 0, running: 42, final: 100 };

function toTimes(phase: Phase, createdAt: number, queuedMs: number, runningMs: number) {
  const startedAt = phase === 'queued' ? undefined : createdAt + queuedMs;
  return {
    createdAt,
    startedAt,
    finishedAt: phase === 'final' ? createdAt + queuedMs + runningMs : undefined,
  };
}
