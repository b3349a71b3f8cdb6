import { findLifecycle, type Outcome, type Phase, type TaskState, toTaskState } from './lifecycle.ts';
import { createMemory } from './memory.ts';

/** An example task, which never changes. */
export interface Scenario<Details> {
  /** One plain sentence for the list of example tasks. */
  readonly shows: string;
  /** The vendor's status, a text or a number. */
  readonly status: string;
  readonly phase: Phase;
  readonly outcome?: Outcome;
  /** Percent; by default that of the phase. */
  readonly progress?: number;
  /** What `describe` needs beyond the status. */
  readonly details?: Details;
}

/** A scenario in one line. */
export function scenario<Details = never>(
  shows: string,
  status: string,
  phase: Phase,
  more: Pick<Scenario<Details>, 'outcome' | 'progress' | 'details'> = {},
): Scenario<Details> {
  return { shows, status, phase, ...more };
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
      const { status, details } = scenario;
      return family.describe({ id, status, state: toUnchangingState(scenario, openedAt), now, details });
    }
    const lifecycle = findLifecycle(id);
    if (!lifecycle) return undefined;
    const createdAt = creationTimes.get(key) ?? now - lifecycle.initialAgeMs;
    creationTimes.set(key, createdAt);
    const state = toTaskState(lifecycle, createdAt, now);
    return family.describe({ id, status: family.statusOf(state), state, now, details: undefined });
  };
}

const usualProgress: Record<Phase, number> = { queued: 0, running: 42, final: 100 };

/** The task of a scenario was created ten minutes before the sandbox opened. */
function toUnchangingState(
  { phase, outcome = 'succeeded', progress = usualProgress[phase] }: Scenario<unknown>,
  openedAt: number,
): TaskState {
  const createdAt = openedAt - 600_000;
  return {
    phase,
    outcome,
    progress,
    createdAt,
    startedAt: phase === 'queued' ? undefined : createdAt + 4_000,
    finishedAt: phase === 'final' ? createdAt + 49_000 : undefined,
  };
}
