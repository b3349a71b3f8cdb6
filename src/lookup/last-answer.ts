import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../domain/clock.ts';
import { countOutcome, type ShownCounts, toTaskOutcome } from '../domain/events.ts';
import { freshUntil, showableUntil } from '../domain/freshness.ts';
import { isFinalStatus, type Job, type Task } from '../domain/task.ts';
import type { Known, LastAnswer, Memory } from './known.ts';
import type { Caller } from './lookup.ts';
import type { Renewals } from './renewals.ts';
import { showAnswer, type View } from './view.ts';

/** What the answers of a lookup have in common. */
export interface LastAnswerOptions<Ref, Shown> {
  readonly view: View<Ref, Shown>;
  readonly clock: Clock;
  readonly memory: Pick<Memory<Ref, Shown>, 'get'>;
  readonly renewals: Pick<Renewals<Known<Ref, Shown>>, 'expectedMs' | 'asked'>;
  /** Counted up when an answer is taken. */
  readonly shownCounts: ShownCounts;
}

/** Uses within this time count as one, in ms: what was used least recently is forgotten first. */
const useResolutionMs = 1_000;

/** @param known what it is the newest answer about */
export const createLastAnswer = <Ref, Shown extends Task | Job>(
  { view, clock, memory, renewals, shownCounts }: LastAnswerOptions<Ref, Shown>,
  known: Known<Ref, Shown>,
  answer: Answer,
  source: LastAnswer<Shown>['source'],
): LastAnswer<Shown> => {
  const { ref } = known;
  const id = view.toId(ref);
  const now = clock.elapsed();
  const until = freshUntil(answer, clock);
  const fetchedAt = new Date(clock.now() - Math.max(0, now - answer.fetchedAt)).toISOString();
  const renewedAt = Math.max(now, until) + renewals.expectedMs;
  const shown = showAnswer(view, ref, answer, {
    fetchedAt,
    stale: false,
    get nextPollAfterMs() {
      return Math.max(1, Math.ceil(renewedAt - clock.elapsed()));
    },
  });
  const outcome = toTaskOutcome(shown);
  const isFinal = isFinalStatus(answer.content?.status ?? null);
  let usedAt = now;
  let lastCaller: Caller | undefined;
  return {
    typename: view.typename,
    isNewest: true,
    answer,
    shown,
    outcome,
    fetchedAt,
    freshUntil: until,
    showableUntil: showableUntil(answer),
    isFinal,
    source,
    take: (caller, takenAt) => {
      // A task that is there twice in one request is not asked for again.
      if (!isFinal && caller !== lastCaller) {
        lastCaller = caller;
        renewals.asked(known, caller, takenAt);
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
};
