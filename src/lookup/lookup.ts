import type { TaskOutcome, TraceParent } from '../domain/events.ts';
import type { Job, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';

/** Finds tasks, or jobs, of one account. */
export interface Lookup<Ref, Shown> {
  /**
   * The task or job: at once if the known answer is fresh, else when a new one has arrived. Why an answer is missing is
   * data (`problem`); the promise never rejects.
   */
  find(ref: Ref, caller: Caller): Shown | Promise<Shown>;
  /** What is known under this id, fresh or not. Nothing happens until it is taken. */
  newest(id: string): Newest<Shown> | undefined;
  /** Calls back with each new answer, wherever it was fetched, until the returned function is called. */
  watch(ref: Ref, listener: (shown: Shown) => void): () => void;
}

/** Finds tasks of all providers. */
export type TaskLookup = Lookup<TaskRef, Task>;

/** Finds jobs of one kind by their ids. */
export type JobLookup = Lookup<string, Job>;

/** Who asks, and until when it waits. */
export interface Caller {
  /** Those who wait share the account's permits by their identities. Empty: not known, and the request stands for itself. */
  readonly identity: string;
  /** Unique in this process. */
  readonly request: string;
  /** The deadline of all that it asks for, by `Clock.elapsed`. */
  readonly deadlineAt: number;
  /** Absent: it is not traced. */
  readonly trace?: TraceParent | undefined;
}

/** The newest answer about a task or job. */
export interface Newest<Shown> {
  readonly typename: string;
  /** What is shown while it is fresh: the same object each time. */
  readonly shown: Shown;
  readonly outcome: TaskOutcome;
  /** By `Clock.elapsed`. */
  readonly freshUntil: number;
  /** Whether there is no newer one, and it has not been forgotten. */
  readonly isNewest: boolean;
  /**
   * Answers a caller with it, while it is fresh: the same as `find`, which counts as asking.
   * @param now by `Clock.elapsed`
   */
  take(caller: Caller, now: number): Shown;
}
