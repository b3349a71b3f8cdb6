import type { Clock } from '../../src/domain/clock.ts';
import type { PartKind } from '../../src/domain/provider.ts';
import type { Part, Snapshot } from '../../src/domain/task.ts';
import type { Account, Terms } from '../../src/lookup/account.ts';
import { createParts } from '../../src/lookup/parts.ts';

/** What the vendor says to one call. */
export type Say = (ids: readonly string[]) => Promise<ReadonlyMap<string, Part>> | ReadonlyMap<string, Part>;

export const partOf = (
  jobId: string,
  status: NonNullable<Part['status']> = 'SUCCEEDED',
): Part & { jobId: string } => ({
  __typename: 'Job',
  jobId,
  status,
  problem: null,
});

export const partsOf = (
  ids: readonly string[],
  status?: NonNullable<Part['status']>,
): ReadonlyMap<string, Part> => new Map(ids.map((id) => [id, partOf(id, status)]));

const kind: PartKind = {
  typename: 'Job',
  keyField: 'jobId',
  rootField: 'jobs',
  argument: 'jobIds',
  mostPerCall: 3,
  separator: ',',
  partsOf: (snapshot) => (snapshot as Snapshot & { jobs: ReadonlyMap<string, Part> }).jobs,
  open: () => undefined,
};

/** Parts behind an account that lets every call through at once, three ids for each. */
export const openParts = (clock: Clock, { configured = true } = {}) => {
  const vendor: { say: Say } = { say: (ids) => partsOf(ids) };
  const calls: string[][] = [];
  const terms: Terms[] = [];
  const account: Account = {
    breakerState: 'CLOSED',
    fullForMs: () => 0,
    ask: () => Promise.reject(new Error('No task is asked for.')),
    call: (send, given) => {
      terms.push(given);
      return send({ signal: new AbortController().signal });
    },
  };
  const fetchParts = async (ids: readonly string[]) => {
    calls.push([...ids]);
    return vendor.say(ids);
  };
  const source = createParts({
    kind,
    source: configured ? { account, fetchParts } : undefined,
    clock,
    deadlineMs: 5_000,
    longestWaitMs: 4_000,
    redact: (text) => text.replaceAll('secret', '***'),
  });
  /** As `Parts.find`, in a test that meets no bug. */
  const find = async (ids: readonly string[]): Promise<readonly Part[]> =>
    (await source.find(ids)).map((part) => {
      if (part instanceof Error) throw part;
      return part;
    });
  const parts = { ...source, find };
  /** What a task's answer says of its parts. */
  const learn = (ids: readonly string[], status?: NonNullable<Part['status']>) =>
    parts.learn({ jobs: partsOf(ids, status) } as unknown as Snapshot);
  return { parts, vendor, calls, terms, learn };
};
