import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { LookupError, toSpanText } from '../domain/errors.ts';
import {
  countOutcome,
  type EmitOfAccount,
  type ShownCounts,
  type TaskOutcome,
  toTaskOutcome,
} from '../domain/events.ts';
import { freshUntil, showableUntil } from '../domain/freshness.ts';
import { isFinalStatus, type Job, type ProviderName, type Task } from '../domain/task.ts';
import { type TaskRef, toPrefix } from '../domain/task-id.ts';
import { type Exchange, type Subject, toCaller, type Want } from '../exchange/exchange.ts';
import { type Caller, createMemory, createWaiters, type Known } from './known.ts';
import { createTaskView, showAnswer, type View } from './view.ts';

export type { Caller } from './known.ts';

/** Finds tasks, or jobs, of one account. */
export interface Lookup<Ref, Shown> {
  /**
   * The task or job: at once if the known answer is fresh, else when a new one has arrived. Why an answer is missing is
   * data (`problem`); the promise never rejects.
   */
  find(ref: Ref, caller: Caller): Shown | Promise<Shown>;
  /** What is known under this id, fresh or not. Nothing happens until it is taken. */
  newest(id: string): Newest<Shown> | undefined;
  /** For how many milliseconds the last answer found is as good as a new one; 0 if it is not. */
  freshForMs(ref: Ref): number;
  /** Calls back with each new answer, wherever it was fetched, until the returned function is called. */
  watch(ref: Ref, listener: (shown: Shown) => void): () => void;
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

/** Finds tasks of all providers. */
export type TaskLookup = Lookup<TaskRef, Task>;

/** Finds jobs of one kind by their ids. */
export type JobLookup = Lookup<string, Job>;

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

/** How long a caller waits for a new answer when an old one can be shown, in ms. */
const renewalPatienceMs = 1_500;

/** A renewal counts as failed, and is wanted again, when its answer is so late, in ms. */
const renewalTimeoutMs = 3_000;

/** The expected duration of the first renewal, in ms. */
const firstRenewalMs = 250;

/** A slower renewal sets the expected duration at once; a faster one moves it by this fraction of the difference. */
const adaptation = 0.2;

/** Uses within this time count as one, in ms: what was used least recently is forgotten first. */
const useResolutionMs = 1_000;

/** The least `nextPollAfterMs` of a stale answer. */
const shortestPollMs = 500;

/** The owner is not asked again for a caller whose deadline is later than what it knows by no more than this, in ms. */
const deadlineSlackMs = 250;

export const createLookup = <Ref, Shown extends Task | Job>(
  options: LookupOptions<Ref, Shown>,
): Lookup<Ref, Shown> => {
  const { view, exchange, clock, deadlineMs, emit = () => {} } = options;
  const { shownCounts = { outcomes: {}, ageMs: 0 } } = options;
  const { typename } = view;
  const memory = createMemory<Ref, Shown>();
  const watchers = new Map<string, Set<(shown: Shown) => void>>();
  let renewalMs = firstRenewalMs;

  const knowOf = (ref: Ref): Known<Ref, Shown> => {
    const id = view.toId(ref);
    const known = memory.get(id) ?? waiters.knownOf(id);
    if (known) return known;
    const unknown = { ref };
    memory.set(id, unknown);
    return unknown;
  };

  const isShowable = ({ fresh }: Known<Ref, Shown>): boolean =>
    view.canBeStale && fresh !== undefined && clock.elapsed() < fresh.showableUntil;

  /** A client that asks again at this moment, as `nextPollAfterMs` said, keeps the task hot. */
  const expectAgain = (known: Known<Ref, Shown>, at: number): void => {
    known.hotUntil = at + renewalPatienceMs;
  };

  /** The last answer marked stale, if it may be shown. @param turnMs when there can be a newer one */
  const showStale = (known: Known<Ref, Shown>, turnMs: number): Shown | undefined => {
    const { ref, fresh } = known;
    if (!fresh || !isShowable(known)) return undefined;
    const nextPollAfterMs = Math.ceil(Math.max(shortestPollMs, turnMs));
    expectAgain(known, clock.elapsed() + nextPollAfterMs);
    return showAnswer(view, ref, fresh.answer, { fetchedAt: fresh.fetchedAt, stale: true, nextPollAfterMs });
  };

  /** Shown when no new answer came: the last answer marked stale, or the problem. @param turnMs as for `showStale` */
  const showWithout = (
    known: Known<Ref, Shown>,
    error: LookupError,
    turnMs = error.details.retryAfterMs ?? 0,
  ): Shown => {
    known.reason = error.details.reason?.kind;
    return showStale(known, turnMs) ?? view.fromError(known.ref, error);
  };

  /** @param leftMs how long nobody tries again: whoever asks later has less to wait */
  const showFailure = (known: Known<Ref, Shown>, error: LookupError, leftMs: number): Shown => {
    const { code, message, details } = error;
    const retryAfterMs = details.retryAfterMs && Math.min(details.retryAfterMs, leftMs);
    return showWithout(known, new LookupError(code, message, { ...details, retryAfterMs }), leftMs);
  };

  const showLate = (known: Known<Ref, Shown>): Shown => showWithout(known, toLateError(exchange));

  const toWant = (
    known: Known<Ref, Shown>,
    { identity, request, trace }: Caller,
    terms: Pick<Want, 'patienceMs' | 'dueInMs'>,
  ): Want => ({
    typename,
    id: view.toId(known.ref),
    caller: toCaller(identity, request),
    ...(trace === undefined ? {} : { trace }),
    ...(known.fresh ? { knownAgeMs: Math.max(0, clock.elapsed() - known.fresh.answer.checkedAt) } : {}),
    ...terms,
  });

  const remember = (known: Known<Ref, Shown>, answer: Answer, source: 'redis' | 'vendor'): Shown => {
    known.source = source;
    delete known.reason;
    const now = clock.elapsed();
    const ageMs = Math.max(0, now - answer.fetchedAt);
    const until = freshUntil(answer, clock);
    const fetchedAt = new Date(clock.now() - ageMs).toISOString();
    const renewedAt = Math.max(now, until) + renewalMs;
    const shown = showAnswer(view, known.ref, answer, {
      fetchedAt,
      stale: false,
      get nextPollAfterMs() {
        return Math.max(1, Math.ceil(renewedAt - clock.elapsed()));
      },
    });
    const outcome = toTaskOutcome(shown);
    const id = view.toId(known.ref);
    const isFinalAnswer = isFinalStatus(answer.content?.status ?? null);
    let usedAt = now;
    let lastCaller: Caller | undefined;
    if (known.fresh) known.fresh.isNewest = false;
    known.fresh = {
      typename,
      isNewest: true,
      answer,
      shown,
      outcome,
      fetchedAt,
      freshUntil: until,
      showableUntil: showableUntil(answer),
      take: (caller, takenAt) => {
        // A task that is there twice in one request is not asked for again.
        if (!isFinalAnswer && caller !== lastCaller) {
          lastCaller = caller;
          if (isHot(known, takenAt)) renewAhead(known, caller);
          expectAgain(known, until + renewalMs);
        }
        if (takenAt >= usedAt + useResolutionMs) {
          usedAt = takenAt;
          memory.get(id);
        }
        shownCounts.ageMs += takenAt - answer.checkedAt;
        countOutcome(shownCounts.outcomes, outcome);
        return shown;
      },
    };
    delete known.failure;
    memory.set(id, known);
    return shown;
  };

  const waiters = createWaiters<Known<Ref, Shown>, Shown>(clock, showLate);

  /** A caller that asks again and again is expected to go on: the next answer is wanted in time. */
  const renewAhead = (known: Known<Ref, Shown>, caller: Caller): void => {
    const { fresh, renewal } = known;
    if (!fresh || renewal || isFinal(known)) return;
    const dueInMs = Math.max(0, fresh.freshUntil - clock.elapsed());
    known.renewal = { dueAt: fresh.freshUntil };
    exchange.want(toWant(known, caller, { patienceMs: 0, dueInMs }));
  };

  /** A final answer past its freshness has URLs about to expire, so it is not shown while new ones can be had. */
  const patienceMsOf = (known: Known<Ref, Shown>): number =>
    isShowable(known) && !isFinal(known) ? Math.min(renewalPatienceMs, deadlineMs) : deadlineMs;

  /** Until when the caller waits. */
  const untilOf = (known: Known<Ref, Shown>, { deadlineAt }: Caller): number =>
    Math.min(clock.elapsed() + patienceMsOf(known), deadlineAt);

  const isRenewed = ({ renewal }: Known<Ref, Shown>): boolean => {
    if (!renewal) return false;
    const turnMs = 2 * Math.max(renewalMs, exchange.status.renewalBacklogMs);
    return clock.elapsed() < renewal.dueAt + turnMs + renewalTimeoutMs;
  };

  /** Asks the owner, unless it has already been asked to answer by the latest caller's deadline. */
  const ask = (known: Known<Ref, Shown>, caller: Caller): void => {
    const until = waiters.latest(view.toId(known.ref));
    const patienceMs = until - clock.elapsed();
    if (until <= (known.wantedUntil ?? Number.NEGATIVE_INFINITY) + deadlineSlackMs || patienceMs <= 0) return;
    known.wantedUntil = until;
    exchange.want(toWant(known, caller, { patienceMs, dueInMs: 0 }));
  };

  /** Reads the store first: another replica, or an earlier process, may have stored an answer. */
  const readAndAsk = async (known: Known<Ref, Shown>, caller: Caller): Promise<void> => {
    const id = view.toId(known.ref);
    const stored = await exchange.read({ typename, id });
    if (waiters.knownOf(id) !== known) return;
    if (stored && !known.fresh) {
      const shown = remember(known, stored, 'redis');
      if (clock.elapsed() < freshUntil(stored, clock)) return waiters.resolve(id, shown);
      waiters.shorten(id, untilOf(known, caller));
    }
    ask(known, caller);
  };

  /** Waits, and emits an event that says for how long, and for what. */
  const waitFor = (known: Known<Ref, Shown>, caller: Caller): Shown | Promise<Shown> => {
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
        source: isAnswer ? (known.source ?? 'none') : outcome === 'STALE' ? 'memory' : 'none',
        durationMs: clock.elapsed() - since,
        trace: caller.trace,
        joined,
      });
      return shown;
    };
    const answer = wait(known, caller, isFirst);
    return answer instanceof Promise ? answer.then(tell) : tell(answer);
  };

  const wait = (known: Known<Ref, Shown>, caller: Caller, isFirst: boolean): Shown | Promise<Shown> => {
    const now = clock.elapsed();
    const until = untilOf(known, caller);
    if (until <= now) return showLate(known);
    if (isFirst) delete known.wantedUntil;
    if (isHot(known, now)) known.renewFor = caller;
    const answer = waiters.join(view.toId(known.ref), known, until);
    const isReading = known.fresh === undefined && known.wantedUntil === undefined;
    if (isReading && isFirst) void readAndAsk(known, caller);
    // A hot task keeps its place among the renewals: as one that somebody waits for, it would wait with all cold ones.
    else if (isHot(known, now) && isShowable(known) && !isFinal(known)) {
      if (!isRenewed(known)) delete known.renewal;
      renewAhead(known, caller);
    }
    // A renewal that is under way needs no second want while a stale answer can be shown.
    else if (!isReading && !(isRenewed(known) && isShowable(known))) ask(known, caller);
    return answer;
  };

  /** In how many milliseconds an overdue renewal comes: in its turn, the oldest first. Undefined: soon enough to wait. */
  const overdueMs = (known: Known<Ref, Shown>, now: number): number | undefined => {
    const { renewalBacklogMs } = exchange.status;
    if (!known.renewal || !isRenewed(known) || renewalBacklogMs <= renewalPatienceMs) return undefined;
    return known.renewal.dueAt + renewalBacklogMs - now;
  };

  const showAtOnce = (shown: Shown): Shown => {
    countOutcome(shownCounts.outcomes, toTaskOutcome(shown));
    return shown;
  };

  const find = (ref: Ref, caller: Caller): Shown | Promise<Shown> => {
    const known = knowOf(ref);
    const now = clock.elapsed();
    const { fresh, failure } = known;
    if (fresh && now < fresh.freshUntil) return fresh.take(caller, now);
    if (failure && now < failure.until) {
      return showAtOnce(showFailure(known, failure.error, failure.until - now));
    }
    const turnMs = overdueMs(known, now);
    const stale = turnMs === undefined ? undefined : showStale(known, turnMs);
    return stale ? showAtOnce(stale) : waitFor(known, caller);
  };

  const noteRenewal = (known: Known<Ref, Shown>): void => {
    const { renewal } = known;
    if (!renewal) return;
    delete known.renewal;
    const tookMs = clock.elapsed() - renewal.dueAt;
    if (tookMs < 0) return;
    renewalMs = Math.max(tookMs, renewalMs - (renewalMs - tookMs) * adaptation);
  };

  const heldOf = (subject: Subject): Known<Ref, Shown> | undefined =>
    subject.typename === typename ? (waiters.knownOf(subject.id) ?? memory.peek(subject.id)) : undefined;

  exchange.listen({
    onAnswer: (subject, answer) => {
      const known = heldOf(subject);
      if (!known) return;
      const lastCheckedAt = known.fresh?.answer.checkedAt ?? Number.NEGATIVE_INFINITY;
      if (answer.checkedAt < lastCheckedAt) return;
      noteRenewal(known);
      // Close to the one before: somebody polls it, if only at other replicas.
      const isContinued = clock.elapsed() < (known.fresh?.freshUntil ?? 0) + renewalMs + renewalPatienceMs;
      const shown = remember(known, answer, 'vendor');
      const { fresh, renewFor } = known;
      if (fresh && (isContinued || waiters.knownOf(subject.id)))
        expectAgain(known, fresh.freshUntil + renewalMs);
      waiters.resolve(subject.id, shown);
      delete known.renewFor;
      if (renewFor) renewAhead(known, renewFor);
      for (const listener of watchers.get(subject.id) ?? []) listener(shown);
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
      const retryAt = clock.elapsed() + (error.details.retryAfterMs ?? Number.POSITIVE_INFINITY);
      waiters.resolve(subject.id, showWithout(known, error), retryAt);
    },
    onNewOwner: () => {
      for (const known of memory.values()) delete known.renewal;
    },
  });

  return {
    find,
    newest: (id) => memory.peek(id)?.fresh,
    freshForMs: (ref) => {
      const { fresh } = memory.peek(view.toId(ref)) ?? {};
      return Math.max(0, (fresh?.freshUntil ?? Number.NEGATIVE_INFINITY) - clock.elapsed());
    },
    watch: (ref, listener) => {
      const id = view.toId(ref);
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watchers.get(id) === listeners) watchers.delete(id);
      };
    },
  };
};

const isHot = ({ hotUntil }: Known<unknown, unknown>, now: number): boolean =>
  hotUntil !== undefined && now < hotUntil;

const isFinal = ({ fresh }: Known<unknown, unknown>): boolean =>
  isFinalStatus(fresh?.answer.content?.status ?? null);

const toLateError = ({ state }: Exchange): LookupError =>
  state.kind === 'partitioned'
    ? new LookupError(
        'RATE_LIMITED',
        `The replica that makes the calls of this account cannot be reached: this one may call in ${toSpanText(state.retryAfterMs)}.`,
        { retryAfterMs: state.retryAfterMs, reason: { kind: 'partitioned' } },
      )
    : new LookupError('TIMEOUT', 'There was no answer before the deadline.');

/** The result for a provider without credentials. */
export const createUnconfiguredLookup = <Ref, Shown>(view: View<Ref, Shown>): Lookup<Ref, Shown> => ({
  find: (ref) => view.fromError(ref, notConfigured),
  newest: () => undefined,
  freshForMs: () => 0,
  watch: () => () => {},
});

/** Routes each task to the lookup of its provider. */
export const createTaskLookup = (lookups: ReadonlyMap<ProviderName, TaskLookup>): TaskLookup => {
  const lookupOf = ({ provider, typename }: TaskRef): TaskLookup =>
    lookups.get(provider) ?? createUnconfiguredLookup(createTaskView(typename));
  return {
    find: (ref, caller) => lookupOf(ref).find(ref, caller),
    newest: (id) => lookups.get(toPrefix(id) as ProviderName)?.newest(id),
    freshForMs: (ref) => lookupOf(ref).freshForMs(ref),
    watch: (ref, listener) => lookupOf(ref).watch(ref, listener),
  };
};

const notConfigured = new LookupError(
  'PROVIDER_NOT_CONFIGURED',
  'This server holds no credentials for the provider.',
);
