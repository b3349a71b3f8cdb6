import type { Lives, Moment, Outcome, Phase } from './life.ts';

/** One task of the sandbox: what it shows and what the vendor says about it. */
export interface Story<Telling> {
  /** One plain sentence for the table of example ids. */
  readonly shows: string;
  /** The vendor's status word or number in the answer; absent where the answer has none. */
  readonly vendorStatus?: string;
  readonly phase: Phase;
  readonly outcome?: Outcome;
  /** Percent; by default what the phase suggests. */
  readonly progress?: number;
  tell(id: string, moment: Moment, now: number): Telling;
}

export type Stories<Telling> = Readonly<Record<string, Story<Telling>>>;

interface Plot<Telling> {
  readonly stories: Stories<Telling>;
  /** How the same vendor tells of a task that evolves. */
  readonly tellLiving: Story<Telling>['tell'];
  readonly lives: Lives;
  /** When the sandbox opened, ms epoch. */
  readonly openedAt: number;
}

/** What the vendor says about a task now; undefined when it knows no such task. */
export type Storyteller<Telling> = (id: string, now: number, key?: string) => Telling | undefined;

export function createStoryteller<Telling>(plot: Plot<Telling>): Storyteller<Telling> {
  const told = new Map(Object.entries(plot.stories));
  return (id, now, key) => {
    const story = told.get(id);
    if (story) return story.tell(id, unchangingMoment(story, plot.openedAt), now);
    const moment = plot.lives.momentOf(id, now, key);
    return moment && plot.tellLiving(id, moment, now);
  };
}

const progressOfPhase: Record<Phase, number> = { queued: 0, running: 42, final: 100 };

/** A task of a fixed story was created ten minutes before the sandbox opened, and never moves. */
function unchangingMoment(story: Story<unknown>, openedAt: number): Moment {
  const createdAt = openedAt - 600_000;
  return {
    phase: story.phase,
    outcome: story.outcome ?? 'succeeded',
    progress: story.progress ?? progressOfPhase[story.phase],
    createdAt,
    startedAt: story.phase === 'queued' ? undefined : createdAt + 4_000,
    finishedAt: story.phase === 'final' ? createdAt + 49_000 : undefined,
  };
}
