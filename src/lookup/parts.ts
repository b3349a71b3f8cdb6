import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.ts';
import { LookupError, toRedacted } from '../domain/errors.ts';
import type { FetchParts, PartKind } from '../domain/provider.ts';
import type { Part, Snapshot } from '../domain/task.ts';
import type { Account } from './account.ts';
import { toProblem } from './entry.ts';
import { failureBackoffMs, keepMsOfStatus } from './freshness.ts';

/** Finds parts of tasks by their own ids. */
export interface Parts {
  /**
   * The parts, in the order of the ids, as many for one call to the vendor as it takes. An error is a bug of this
   * program: why the vendor's answer is missing is told in the part's `problem`.
   */
  find(ids: readonly string[]): Promise<readonly (Part | Error)[]>;
  /** Until when the last answer found for a part is as good as a new one, in ms since 1970. */
  freshUntil(id: string): number;
  /** Remembers the parts in what the vendor said of their task. */
  learn(snapshot: Snapshot): void;
}

export interface PartsOptions {
  readonly kind: PartKind;
  /** Undefined: the provider has no credentials. */
  readonly source: { readonly account: Account; readonly fetchParts: FetchParts } | undefined;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly longestWaitMs: number;
  readonly redact: (text: string) => string;
}

/** Bounds memory: a part takes about 1 kB. */
const mostRemembered = 20_000;

export const createParts = (options: PartsOptions): Parts => {
  const { kind, source, clock, deadlineMs, longestWaitMs, redact } = options;
  const memories = new LRUCache<string, Part>({ max: mostRemembered, perf: clock, ttlResolution: 0, ttl: 1 });
  const flights = new Map<string, Promise<Part>>();

  const toProblemPart = (id: string, error: LookupError): Part => ({
    __typename: kind.typename,
    [kind.keyField]: id,
    status: null,
    problem: toProblem(toRedacted(error, redact)),
  });

  const keep = (id: string, part: Part, ms: number): Part => {
    memories.set(id, part, { ttl: ms });
    return part;
  };

  const ask = async (ids: readonly string[]): Promise<ReadonlyMap<string, Part>> => {
    if (!source)
      throw new LookupError('PROVIDER_NOT_CONFIGURED', 'This server holds no credentials for the provider.');
    const terms = { deadline: clock.now() + deadlineMs, maxWaitMs: longestWaitMs };
    return source.account.call((call) => source.fetchParts(ids, call), terms);
  };

  const fly = async (ids: readonly string[]): Promise<ReadonlyMap<string, Part>> => {
    try {
      const known = await ask(ids);
      return new Map(
        ids.map((id) => {
          const part = known.get(id);
          return [
            id,
            part
              ? keep(id, part, keepMsOfStatus(part.status))
              : keep(id, toProblemPart(id, notFound), keepMsOfStatus('NOT_FOUND')),
          ];
        }),
      );
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      const restMs = error.details.ownQuota ? 0 : Math.max(failureBackoffMs, error.details.retryAfterMs ?? 0);
      return new Map(
        ids.map((id) => {
          // Its task may have told of it meanwhile.
          const known = memories.get(id);
          if (known) return [id, known];
          const part = toProblemPart(id, error);
          return [id, restMs > 0 ? keep(id, part, restMs) : part];
        }),
      );
    }
  };

  /** One flight for many parts; each of them can be joined by others who want it. */
  const start = (ids: readonly string[]): void => {
    const landing = fly(ids);
    for (const id of ids) {
      const part = landing.then((parts) => parts.get(id) as Part).finally(() => flights.delete(id));
      flights.set(id, part);
    }
  };

  return {
    find: async (ids) => {
      const found = new Map<string, Part | Promise<Part>>();
      for (const id of ids) {
        const known = memories.get(id) ?? flights.get(id);
        if (known) found.set(id, known);
      }
      const unknown = [...new Set(ids)].filter((id) => !found.has(id));
      for (let first = 0; first < unknown.length; first += kind.mostPerCall) {
        start(unknown.slice(first, first + kind.mostPerCall));
      }
      return Promise.all(ids.map((id) => settle(found.get(id) ?? (flights.get(id) as Promise<Part>))));
    },
    freshUntil: (id) => clock.now() + memories.getRemainingTTL(id),
    learn: (snapshot) => {
      for (const [id, part] of kind.partsOf(snapshot)) keep(id, part, keepMsOfStatus(part.status));
    },
  };
};

const settle = async (part: Part | Promise<Part>): Promise<Part | Error> => {
  try {
    return await part;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const notFound = new LookupError(
  'TASK_NOT_FOUND',
  'The vendor knows no such job, or does not keep it any more.',
);
