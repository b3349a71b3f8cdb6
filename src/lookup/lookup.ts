import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import type { ProviderName, Snapshot, Task } from '../domain/task.ts';
import type { TaskRef } from '../domain/task-id.ts';
import type { Account } from './account.ts';
import { toProblemTask } from './entry.ts';
import { createFly, type Landing } from './flight.ts';
import { showableMeanwhileUntil } from './freshness.ts';
import { createTaskMemory, type Memory } from './memory.ts';
import { createRefresher, type Refreshed } from './refresher.ts';
import type { SharedTasks } from './shared-tasks.ts';

/** Finds tasks, whoever the vendor is. */
export interface Lookup {
  /**
   * The task: at once if it is known, else when the vendor has answered. Whatever keeps the vendor's answer away is
   * told in the task's `problem`; a rejection is a bug in this program.
   * @param rank the place among the tasks that one caller wants of one provider, from 0
   */
  find(ref: TaskRef, rank?: number): Task | Promise<Task>;
  /** Until when the last answer found for a task is as good as a new one, in ms since 1970. In the past: no longer. */
  freshUntil(ref: TaskRef): number;
}

export interface LookupOptions {
  /** The accounts, and how far apart the calls of each may be. */
  readonly accounts: ReadonlyMap<ProviderName, { readonly account: Account; readonly spacingMs: number }>;
  /** What replicas share; without it this process keeps every promise alone. */
  readonly sharedTasks?: SharedTasks | undefined;
  readonly clock: Clock;
  /** How long one task may take, waiting for quota included. */
  readonly deadlineMs: number;
  /** Blots out secrets that a vendor's message repeats. */
  readonly redact: (text: string) => string;
  /** Told of what a vendor said of a task: the parts of it can be known from that. */
  readonly onSnapshot?: (provider: ProviderName, snapshot: Snapshot) => void;
}

/** The part of the deadline that is kept for the call itself, and not spent waiting for a slot. */
const callShare = 0.2;

/** The longest that a reservation of the quota can lie ahead. */
export const toLongestWaitMs = (deadlineMs: number): number => deadlineMs * (1 - callShare);

/** So many tasks of one caller may wait for a slot as long as the deadline allows. */
const patientRanks = 20;

/** The others may wait for this part of it, so that a small caller finds room beside a large one. */
const impatientShare = 0.75;

/** So many tasks of one caller are begun in one go; calls whose slots come meanwhile must not wait for the whole page. */
const ranksAtOnce = 20;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A refresh takes a slot that is near, and leaves the far ones to callers who wait. */
const refreshWaitMs = 250;

/** Puts together memory, flights and refreshing: the way of every question. */
export const createLookup = (options: LookupOptions): Lookup => {
  const { accounts, sharedTasks, clock, deadlineMs, redact, onSnapshot } = options;
  const memory = createTaskMemory(clock, ({ provider }) => desks.get(provider)?.refresher.backlogMs ?? 0);
  const fly = createFly({ memory, sharedTasks, clock, redact, onSnapshot });

  /** Bounded by the requests under way, and by what the refreshers have sent. */
  const flights = new Map<string, Promise<Landing>>();
  const share = (ref: TaskRef, start: () => Promise<Landing>): Promise<Landing> => {
    const known = flights.get(ref.id);
    if (known) return known;
    const flight = start().finally(() => flights.delete(ref.id));
    flights.set(ref.id, flight);
    return flight;
  };

  const createDesk = ({ account, spacingMs }: { account: Account; spacingMs: number }) => {
    const refresh = async (ref: TaskRef): Promise<Refreshed> => {
      // While it was waiting its turn, somebody else may have seen to it.
      if (flights.has(ref.id) || memory.answer(ref)) return 'done';
      return new Promise((resolve) => {
        const deadline = clock.now() + deadlineMs;
        const onDeparture = () => resolve('done');
        const terms = { deadline, maxWaitMs: refreshWaitMs, acceptStale: false, onDeparture };
        share(ref, () => fly(account, ref, terms)).then(
          ({ retryAfterMs }) => resolve(retryAfterMs === undefined ? 'done' : { retryAfterMs }),
          // A bug in this program: whoever asks for the task next is told.
          () => resolve('done'),
        );
      });
    };
    return { account, refresher: createRefresher(refresh, spacingMs, clock) };
  };
  const desks = new Map([...accounts].map(([provider, entry]) => [provider, createDesk(entry)]));

  /** The last answer at once, and a new one behind the caller's back. */
  const showStale = (ref: TaskRef, known: Memory & { entry: NonNullable<Memory['entry']> }): Task => {
    desks.get(ref.provider)?.refresher.want(ref, known.entry.checkedAt);
    return known.task.stale ? known.task : memory.keepStale(ref, known.entry);
  };

  const findCold = async (ref: TaskRef, rank: number): Promise<Task> => {
    const desk = desks.get(ref.provider);
    if (!desk) return toProblemTask(ref, notConfigured);
    const longestWaitMs = toLongestWaitMs(deadlineMs);
    const maxWaitMs = rank < patientRanks ? longestWaitMs : longestWaitMs * impatientShare;
    const terms = { deadline: clock.now() + deadlineMs, maxWaitMs, acceptStale: true };
    for (let begun = ranksAtOnce; begun <= rank; begun += ranksAtOnce) await nextTurn();
    // Meanwhile somebody else's flight may have landed.
    const answer = memory.answer(ref);
    if (answer) return answer;
    const { task } = await share(ref, () => fly(desk.account, ref, terms));
    if (task.stale) desk.refresher.want(ref, memory.recall(ref.id)?.entry?.checkedAt ?? 0);
    return task;
  };

  return {
    find: (ref, rank = 0) => {
      const answer = memory.answer(ref);
      if (answer) return answer;
      const known = memory.recall(ref.id);
      if (known?.entry && clock.now() < showableMeanwhileUntil(known.entry))
        return showStale(ref, { ...known, entry: known.entry });
      return findCold(ref, rank);
    },
    freshUntil: ({ id }) => memory.recall(id)?.restsUntil ?? 0,
  };
};

const notConfigured = new LookupError(
  'PROVIDER_NOT_CONFIGURED',
  'This server holds no credentials for the provider.',
);
