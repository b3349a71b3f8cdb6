import { LRUCache } from 'lru-cache';
import type { Answer } from '../domain/answer.ts';

/** What this replica knows of one task or job. Times are of `Clock.elapsed`. */
export interface Known<Ref, Shown> {
  readonly ref: Ref;
  /** The newest answer, with what is shown while it is fresh. */
  fresh?: {
    readonly answer: Answer;
    readonly shown: Shown;
    /** When the vendor gave it, ISO 8601, by this process's time of day on arrival. */
    readonly fetchedAt: string;
    readonly freshUntil: number;
    readonly showableUntil: number;
  };
  /** The failure of the last attempt, until the next attempt is allowed. */
  failure?: { readonly shown: Shown; readonly until: number };
  /** The renewal that the owner has been asked for. */
  renewal?: { readonly dueAt: number };
  /** The latest deadline that has been sent to the owner. */
  wantedUntil?: number;
}

/** Bounds memory: an answer takes 1 to 10 kB. */
const maxKnown = 20_000;

/** What this replica knows, by id; the least recently used is forgotten first. */
export type Memory<Ref, Shown> = LRUCache<string, Known<Ref, Shown>>;

export const createMemory = <Ref, Shown>(): Memory<Ref, Shown> =>
  new LRUCache<string, Known<Ref, Shown>>({ max: maxKnown });
