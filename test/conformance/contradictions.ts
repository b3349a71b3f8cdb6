import type { Snapshot } from '../../src/domain/task.ts';

const successes = ['SUCCEEDED', 'PARTIALLY_SUCCEEDED'];
const failures = ['FAILED', 'PARTIALLY_SUCCEEDED'];

/** The contradictions in a snapshot, which no reply of the vendor may cause. Empty when there are none. */
export const findContradictions = (snapshot: Snapshot): string[] => {
  const { kind, status, progress, failure, outputs } = snapshot;
  const broken: string[] = [];
  if (kind === null) broken.push('the kind is null, not UNKNOWN');
  if (status === null) broken.push('the status is null, not UNKNOWN');
  if (progress !== null && (progress < 0 || progress > 100)) broken.push(`progress is ${progress}`);
  if (failure && !failures.includes(status ?? ''))
    broken.push(`there is a failure of a task that is ${status}`);
  if (failure && failure.code === null && failure.message === null)
    broken.push('the failure has neither code nor message');
  if (outputs?.length && !holdsSuccess(snapshot)) {
    broken.push('there are outputs, though nothing succeeded');
  }
  for (const { url, objectKey } of outputs ?? []) {
    if (url === null && objectKey === null) broken.push('an output is nowhere');
  }
  return broken;
};

/** Whether the status of the task or of any of its jobs is a success. */
const holdsSuccess = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([name, inner]) =>
    name === 'status' && typeof inner === 'string' ? successes.includes(inner) : holdsSuccess(inner),
  );

/** Every text in a snapshot. */
export const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
