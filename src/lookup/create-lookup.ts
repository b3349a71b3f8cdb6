import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import { countOutcome, type EmitOfAccount, type ShownCounts, toTaskOutcome } from '../domain/events.ts';
import { freshUntil } from '../domain/freshness.ts';
import type { Job, ProviderName, Task } from '../domain/task.ts';
import { type TaskRef, toPrefix } from '../domain/task-id.ts';
import {
  type Exchange,
  type Subject,
  toCaller,
  toLeastPatienceMs,
  toPartitionedError,
  type Want,
} from '../exchange/exchange.ts';
import { createMemory, createWaiters, createWatchers, type Known, type LastAnswer } from './known.ts';
import { createLastAnswer } from './last-answer.ts';
import type { Caller, Lookup, TaskLookup } from './lookup.ts';
import { createRenewals, renewalPatienceMs } from './renewals.ts';
import { createTaskView, showAnswer, type View } from './view.ts';

export interface LookupOptions<Ref, Shown> {
  readonly view: View<Ref, Shown>;
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** How long an answer may take at most, in ms, whatever the caller's own deadline. */
  readonly deadlineMs: number;
  /** Counted up with what is shown without waiting. */
  readonly shownCounts?: ShownCounts;
  /** Told of those who had to wait. Default: nobody is. */
  readonly emit?: EmitOfAccount;
}

/** The least `nextPollAfterMs` of a stale answer. */
const shortestPollMs = 500;

/** The owner is not asked again for a caller whose deadline is later than what it knows by no more than this, in ms. */
const deadlineSlackMs = 250;

/**
 * What is asked for is shown at once if it is fresh. Else the caller waits: for what the store has, then for the owner, and
 * at its deadline it is shown the last answer, marked stale, or the problem.
 */
export const createLookup = <Ref, Shown extends Task | Job>(
  options: LookupOptions<Ref, Shown>,
): Lookup<Ref, Shown> => {
  type Kept = Known<Ref, Shown>;
  const { view, exchange, clock, deadlineMs, emit = () => {} } = options;
  const { shownCounts = { outcomes: {}, ageMs: 0 } } = options;
  const { typename } = view;
  const memory = createMemory<Ref, Shown>();
  const watchers = createWatchers<Shown>();
  const waiters = createWaiters<Kept, Shown>(clock, (known) => showLate(known));

  /** What is known of it, also if it has been forgotten while somebody waits for it. */
  const knowOf = (ref: Ref): Kept => {
    const id = view.toId(ref);
    const known = memory.get(id) ?? waiters.knownOf(id);
    if (known) return known;
    const unknown = { ref };
    memory.set(id, unknown);
    return unknown;
  };

  const want = (
    known: Kept,
    { identity, request, trace }: Caller,
    terms: Pick<Want, 'patienceMs' | 'dueInMs'>,
  ): void =>
    exchange.want({
      typename,
      id: view.toId(known.ref),
      caller: toCaller(identity, request),
      ...(trace === undefined ? {} : { trace }),
      ...(known.last ? { knownAgeMs: Math.max(0, clock.elapsed() - known.last.answer.checkedAt) } : {}),
      ...terms,
    });

  const renewals = createRenewals<Kept>({ clock, backlogMs: () => exchange.status.renewalBacklogMs, want });

  const lastAnswerOptions = { view, clock, memory, renewals, shownCounts };

  const remember = (known: Kept, answer: Answer, source: LastAnswer<Shown>['source']): Shown => {
    if (known.last) known.last.isNewest = false;
    known.last = createLastAnswer(lastAnswerOptions, known, answer, source);
    delete known.failure;
    memory.set(view.toId(known.ref), known);
    return known.last.shown;
  };

  const isShowable = ({ last }: Kept): boolean =>
    view.canBeStale && last !== undefined && clock.elapsed() < last.showableUntil;

  /** A final answer past its freshness has URLs about to expire, so it is not shown while new ones can be had. */
  const isGoodEnough = (known: Kept): boolean => isShowable(known) && !known.last?.isFinal;

  /** The last answer marked stale, if it may be shown. @param turnMs when there can be a newer one */
  const showStale = (known: Kept, turnMs: number): Shown | undefined => {
    const { ref, last } = known;
    if (!last || !isShowable(known)) return undefined;
    const nextPollAfterMs = Math.ceil(Math.max(shortestPollMs, turnMs));
    renewals.expectAgain(known, clock.elapsed() + nextPollAfterMs);
    return showAnswer(view, ref, last.answer, { fetchedAt: last.fetchedAt, stale: true, nextPollAfterMs });
  };

  /** Shown when no new answer came: the last answer marked stale, or the problem. @param turnMs as for `showStale` */
  const showWithout = (known: Kept, error: LookupError, turnMs = error.details.retryAfterMs ?? 0): Shown => {
    known.reason = error.details.reason?.kind;
    return showStale(known, turnMs) ?? view.fromError(known.ref, error);
  };

  /** @param leftMs how long nobody tries again: whoever asks later has less to wait */
  const showFailure = (known: Kept, { code, message, details }: LookupError, leftMs: number): Shown => {
    const retryAfterMs = details.retryAfterMs && Math.min(details.retryAfterMs, leftMs);
    return showWithout(known, new LookupError(code, message, { ...details, retryAfterMs }), leftMs);
  };

  const showLate = (known: Kept): Shown => showWithout(known, toLateError(exchange));

  const showAtOnce = (shown: Shown): Shown => {
    countOutcome(shownCounts.outcomes, toTaskOutcome(shown));
    return shown;
  };

  const find = (ref: Ref, caller: Caller): Shown | Promise<Shown> => {
    const known = knowOf(ref);
    const now = clock.elapsed();
    const { last, failure } = known;
    if (last && now < last.freshUntil) return last.take(caller, now);
    if (failure && now < failure.until) {
      return showAtOnce(showFailure(known, failure.error, failure.until - now));
    }
    const turnMs = renewals.overdueMs(known);
    const stale = turnMs === undefined ? undefined : showStale(known, turnMs);
    return stale ? showAtOnce(stale) : waitFor(known, caller);
  };

  /** Waits, and emits an event that says for how long, and for what. */
  const waitFor = (known: Kept, caller: Caller): Shown | Promise<Shown> => {
    const since = clock.elapsed();
    const isFirst = waiters.knownOf(view.toId(known.ref)) === undefined;
    if (isFirst) known.firstTrace = caller.trace;
    const joined = isFirst ? undefined : { trace: known.firstTrace };
    const tell = (shown: Shown): Shown => {
      const outcome = toTaskOutcome(shown);
      const isAnswer = outcome === 'OK' || outcome === 'TASK_NOT_FOUND';
      emit({
        kind: 'lookup-finished',
        typename,
        outcome,
        reason: isAnswer ? undefined : known.reason,
        source: isAnswer ? (known.last?.source ?? 'none') : outcome === 'STALE' ? 'memory' : 'none',
        durationMs: clock.elapsed() - since,
        trace: caller.trace,
        joined,
      });
      return shown;
    };
    const answer = wait(known, caller, isFirst);
    return answer instanceof Promise ? answer.then(tell) : tell(answer);
  };

  const wait = (known: Kept, caller: Caller, isFirst: boolean): Shown | Promise<Shown> => {
    const now = clock.elapsed();
    const until = untilOf(known, caller);
    if (until <= now) return showLate(known);
    if (isFirst) delete known.wantedUntil;
    const isHot = renewals.isHot(known, now);
    if (isHot) known.renewFor = caller;
    const answer = waiters.join(view.toId(known.ref), known, until);
    const isReading = known.last === undefined && known.wantedUntil === undefined;
    if (isReading && isFirst) void readAndAsk(known, caller);
    // A hot task keeps its place among the renewals: as one that somebody waits for, it would wait with all cold ones.
    else if (isHot && isGoodEnough(known)) {
      if (!renewals.isPending(known)) delete known.renewal;
      renewals.renewAhead(known, caller);
    }
    // A renewal that is under way needs no second want while a stale answer can be shown.
    else if (!isReading && !(renewals.isPending(known) && isShowable(known))) ask(known, caller);
    return answer;
  };

  /** Until when the caller waits. */
  const untilOf = (known: Kept, { deadlineAt }: Caller): number => {
    const patienceMs = isGoodEnough(known) ? Math.min(renewalPatienceMs, deadlineMs) : deadlineMs;
    return Math.min(clock.elapsed() + patienceMs, deadlineAt);
  };

  /** Reads the store first: another replica, or an earlier process, may have stored an answer. */
  const readAndAsk = async (known: Kept, caller: Caller): Promise<void> => {
    const id = view.toId(known.ref);
    const stored = await exchange.read({ typename, id });
    if (waiters.knownOf(id) !== known) return;
    if (stored && !known.last) {
      const shown = remember(known, stored, 'redis');
      if (clock.elapsed() < freshUntil(stored, clock)) return waiters.resolve(id, shown);
      waiters.shorten(id, untilOf(known, caller));
    }
    ask(known, caller);
  };

  /** Asks the owner, unless it has already been asked to answer by the latest caller's deadline. */
  const ask = (known: Kept, caller: Caller): void => {
    const until = waiters.latest(view.toId(known.ref));
    const patienceMs = until - clock.elapsed();
    if (until <= (known.wantedUntil ?? Number.NEGATIVE_INFINITY) + deadlineSlackMs || patienceMs <= 0) return;
    known.wantedUntil = until;
    want(known, caller, { patienceMs, dueInMs: 0 });
  };

  /** What is known of what the owner speaks of, if it is known here. */
  const heldOf = ({ typename: of, id }: Subject): Kept | undefined =>
    of === typename ? (waiters.knownOf(id) ?? memory.peek(id)) : undefined;

  exchange.listen({
    onAnswer: (subject, answer) => {
      const known = heldOf(subject);
      if (!known || answer.checkedAt < (known.last?.answer.checkedAt ?? Number.NEGATIVE_INFINITY)) return;
      const isPolled = renewals.arrived(known);
      const shown = remember(known, answer, 'vendor');
      if (isPolled || waiters.knownOf(subject.id)) renewals.expectAgain(known);
      waiters.resolve(subject.id, shown);
      const { renewFor } = known;
      delete known.renewFor;
      if (renewFor) renewals.renewAhead(known, renewFor);
      watchers.notify(subject.id, shown);
    },
    onFailure: (subject, error, restMs) => {
      const known = heldOf(subject);
      if (!known) return;
      delete known.renewal;
      known.failure = { error, until: clock.elapsed() + restMs };
      waiters.resolve(subject.id, showFailure(known, error, restMs));
    },
    onRefusal: (subject, error) => {
      const known = heldOf(subject);
      if (!known) return;
      delete known.renewal;
      const { retryAfterMs = Number.POSITIVE_INFINITY } = error.details;
      const beyond = clock.elapsed() + toLeastPatienceMs(retryAfterMs);
      waiters.resolve(subject.id, showWithout(known, error), beyond);
    },
    onNewOwner: () => {
      for (const known of memory.values()) delete known.renewal;
    },
  });

  return {
    find,
    newest: (id) => memory.peek(id)?.last,
    watch: (ref, listener) => watchers.add(view.toId(ref), listener),
  };
};

const toLateError = ({ state }: Exchange): LookupError =>
  state.kind === 'partitioned'
    ? toPartitionedError(state.retryAfterMs)
    : new LookupError('TIMEOUT', 'There was no answer before the deadline.');

/** The result for a provider without credentials. */
export const createUnconfiguredLookup = <Ref, Shown>(view: View<Ref, Shown>): Lookup<Ref, Shown> => ({
  find: (ref) => view.fromError(ref, notConfigured),
  newest: () => undefined,
  watch: () => () => {},
});

/** Routes each task to the lookup of its provider. */
export const createTaskLookup = (lookups: ReadonlyMap<ProviderName, TaskLookup>): TaskLookup => {
  const lookupOf = ({ provider, typename }: TaskRef): TaskLookup =>
    lookups.get(provider) ?? createUnconfiguredLookup(createTaskView(typename));
  return {
    find: (ref, caller) => lookupOf(ref).find(ref, caller),
    newest: (id) => lookups.get(toPrefix(id) as ProviderName)?.newest(id),
    watch: (ref, listener) => lookupOf(ref).watch(ref, listener),
  };
};

const notConfigured = new LookupError(
  'PROVIDER_NOT_CONFIGURED',
  'This server holds no credentials for the provider.',
);
