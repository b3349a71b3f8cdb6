import { LookupError } from '../domain/errors.ts';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Lookup } from './lookup.ts';
import { createTaskView, type View } from './view.ts';

/** Finds tasks of all providers. */
export type TaskLookup = Lookup<TaskRef, Task>;

/** Finds jobs of one kind by their ids. */
export type JobLookup = Lookup<string, Job>;

/** The result for a provider without credentials. */
export const createUnconfiguredLookup = <Ref, Shown>(view: View<Ref, Shown>): Lookup<Ref, Shown> => ({
  find: (ref) => view.fromError(ref, notConfigured),
  freshForMs: () => 0,
  watch: () => () => {},
});

/** Routes each task to the lookup of its provider. */
export const createTaskLookup = (lookups: ReadonlyMap<ProviderName, TaskLookup>): TaskLookup => {
  const lookupOf = ({ provider, typename }: TaskRef): TaskLookup =>
    lookups.get(provider) ?? createUnconfiguredLookup(createTaskView(typename));
  return {
    find: (ref, caller) => lookupOf(ref).find(ref, caller),
    freshForMs: (ref) => lookupOf(ref).freshForMs(ref),
    watch: (ref, listener) => lookupOf(ref).watch(ref, listener),
  };
};

const notConfigured = new LookupError(
  'PROVIDER_NOT_CONFIGURED',
  'This server holds no credentials for the provider.',
);
