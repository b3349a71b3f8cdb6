import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { LookupError } from '../domain/errors.ts';
import { freshUntil, showableUntil } from '../domain/freshness.ts';
import { isFinalStatus } from '../domain/task.ts';
import type { Exchange, Subject, Want } from '../exchange/exchange.ts';
import { createMemory, type Known } from './memory.ts';
import { showAnswer, type View } from './view.ts';
import { createWaiters } from './waiters.ts';

/** Finds tasks, or jobs, of one account. */
export interface Lookup<Ref, Shown> {
  /**
   * The task or job: at once if the known answer is fresh, else when a new one has arrived. Why an answer is missing is
   * data (`problem`); the promise never rejects.
   * @param caller whose share of the account's permits is used, as `Want.caller`
   */
  find(ref: Ref, caller: string): Shown | Promise<Shown>;
  /** For how many milliseconds the last answer found is as good as a new one; 0 if it is not. */
  freshForMs(ref: Ref): number;
  /** Calls back with each new answer, wherever it was fetched, until the returned function is called. */
  watch(ref: Ref, listener: (shown: Shown) => void): () => void;
}

export interface LookupOptions<Ref, Shown> {
  readonly view: View<Ref, Shown>;
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** How long an answer may take in all, in ms. */
  readonly deadlineMs: number;
}

/** How long a caller waits for a new answer when an old one can be shown, in ms. */
const renewalPatienceMs = 1_500;

/** A renewal counts as failed, and is wanted again, when its answer is so late, in ms. */
const renewalTimeoutMs = 3_000;

/** The expected duration of the first renewal, in ms. */
const firstRenewalMs = 250;

/** A slower renewal sets the expected duration at once; a faster one moves it by this fraction of the difference. */
const adaptation = 0.2;

/** The least `nextPollAfterMs` of a stale answer. */
const shortestPollMs = 500;

export const createLookup = <Ref, Shown>(options: LookupOptions<Ref, Shown>): Lookup<Ref, Shown> => {
  const { view, exchange, clock, deadlineMs } = options;
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

  const showStale = ({ ref, fresh }: Known<Ref, Shown>, nextPollAfterMs: number): Shown | undefined =>
    fresh &&
    showAnswer(view, ref, fresh.answer, {
      fetchedAt: fresh.fetchedAt,
      stale: true,
      nextPollAfterMs: Math.ceil(Math.max(shortestPollMs, nextPollAfterMs)),
    });

  /** Shown when no new answer came: the last answer marked stale, or the problem. */
  const showWithout = (known: Known<Ref, Shown>, error: LookupError): Shown => {
    const stale = isShowable(known) ? showStale(known, error.details.retryAfterMs ?? 0) : undefined;
    return stale ?? view.fromError(known.ref, error);
  };

  const toWant = (
    known: Known<Ref, Shown>,
    terms: Pick<Want, 'patienceMs' | 'dueInMs' | 'caller'>,
  ): Want => ({
    typename,
    id: view.toId(known.ref),
    ...(known.fresh ? { knownAgeMs: Math.max(0, clock.elapsed() - known.fresh.answer.checkedAt) } : {}),
    ...terms,
  });

  const remember = (known: Known<Ref, Shown>, answer: Answer): Shown => {
    const now = clock.elapsed();
    const ageMs = Math.max(0, now - answer.fetchedAt);
    const until = freshUntil(answer, clock);
    const fetchedAt = new Date(clock.now() - ageMs).toISOString();
    const nextPollAfterMs = Math.ceil(Math.max(0, until - now) + renewalMs);
    const shown = showAnswer(view, known.ref, answer, { fetchedAt, stale: false, nextPollAfterMs });
    known.fresh = { answer, shown, fetchedAt, freshUntil: until, showableUntil: showableUntil(answer) };
    delete known.failure;
    return shown;
  };

  const waiters = createWaiters<Known<Ref, Shown>, Shown>(clock, (known) =>
    showWithout(known, toLateError(exchange)),
  );

  /** A caller that asks while the answer is fresh is expected to ask again: the next answer is wanted in time. */
  const renewAhead = (known: Known<Ref, Shown>, caller: string): void => {
    const { fresh, renewal } = known;
    if (!fresh || renewal || isFinal(known)) return;
    const dueInMs = Math.max(0, fresh.freshUntil - clock.elapsed());
    known.renewal = { dueAt: fresh.freshUntil };
    exchange.want(toWant(known, { patienceMs: 0, dueInMs, caller }));
  };

  /** A final answer past its freshness has URLs about to expire, so it is not shown while new ones can be had. */
  const patienceMsOf = (known: Known<Ref, Shown>): number =>
    isShowable(known) && !isFinal(known) ? Math.min(renewalPatienceMs, deadlineMs) : deadlineMs;

  const isRenewed = ({ renewal }: Known<Ref, Shown>): boolean => {
    if (!renewal) return false;
    const turnMs = 2 * Math.max(renewalMs, exchange.status.renewalBacklogMs);
    return clock.elapsed() < renewal.dueAt + turnMs + renewalTimeoutMs;
  };

  /** Asks the owner, unless it has already been asked to answer by the latest caller's deadline. */
  const ask = (known: Known<Ref, Shown>, caller: string): void => {
    const until = waiters.latest(view.toId(known.ref));
    if (until <= (known.wantedUntil ?? Number.NEGATIVE_INFINITY)) return;
    known.wantedUntil = until;
    exchange.want(toWant(known, { patienceMs: until - clock.elapsed(), dueInMs: 0, caller }));
  };

  /** Reads the store first: another replica, or an earlier process, may have stored an answer. */
  const readAndAsk = async (known: Known<Ref, Shown>, caller: string): Promise<void> => {
    const id = view.toId(known.ref);
    const stored = await exchange.read({ typename, id });
    if (waiters.knownOf(id) !== known) return;
    if (stored && !known.fresh) {
      const shown = remember(known, stored);
      if (clock.elapsed() < freshUntil(stored, clock)) return waiters.resolve(id, shown);
      waiters.shorten(id, clock.elapsed() + patienceMsOf(known));
    }
    ask(known, caller);
  };

  const wait = (known: Known<Ref, Shown>, caller: string): Promise<Shown> => {
    const id = view.toId(known.ref);
    const isFirst = waiters.knownOf(id) === undefined;
    if (isFirst) delete known.wantedUntil;
    const answer = waiters.join(id, known, clock.elapsed() + patienceMsOf(known));
    const isReading = known.fresh === undefined && known.wantedUntil === undefined;
    if (isReading && isFirst) void readAndAsk(known, caller);
    // A renewal that is under way needs no second want while a stale answer can be shown.
    else if (!isReading && !(isRenewed(known) && isShowable(known))) ask(known, caller);
    return answer;
  };

  const find = (ref: Ref, caller: string): Shown | Promise<Shown> => {
    const known = knowOf(ref);
    const now = clock.elapsed();
    const { fresh, failure } = known;
    if (fresh && now < fresh.freshUntil) {
      renewAhead(known, caller);
      return fresh.shown;
    }
    if (failure && now < failure.until) {
      return (isShowable(known) && showStale(known, failure.until - now)) || failure.shown;
    }
    const { renewalBacklogMs } = exchange.status;
    const isOverdue = isRenewed(known) && renewalBacklogMs > renewalPatienceMs;
    return (isOverdue && isShowable(known) && showStale(known, renewalBacklogMs)) || wait(known, caller);
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
      const shown = remember(known, answer);
      waiters.resolve(subject.id, shown);
      for (const listener of watchers.get(subject.id) ?? []) listener(shown);
    },
    onFailure: (subject, error, restMs) => {
      const known = heldOf(subject);
      if (!known) return;
      delete known.renewal;
      const shown = view.fromError(known.ref, error);
      known.failure = { shown, until: clock.elapsed() + restMs };
      waiters.resolve(subject.id, (isShowable(known) && showStale(known, restMs)) || shown);
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

const isFinal = ({ fresh }: Known<unknown, unknown>): boolean =>
  isFinalStatus(fresh?.answer.content?.status ?? null);

const toLateError = ({ state }: Exchange): LookupError =>
  state.kind === 'partitioned'
    ? new LookupError('RATE_LIMITED', 'The replica that makes the calls of this account cannot be reached.', {
        retryAfterMs: state.retryAfterMs,
        reason: { kind: 'partitioned' },
      })
    : new LookupError('TIMEOUT', 'There was no answer before the deadline.');
