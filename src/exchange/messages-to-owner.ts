import { readList, readSealed, readSpan, readSubject, readText, splitWord, toSealed } from './codec.ts';
import type { Want } from './exchange.ts';

/** What a replica sends to the owner of the account twice a second. */
export interface Heartbeat {
  /** The replica's id. */
  readonly from: string;
  readonly shape: number;
  readonly fingerprint: string;
  /** It makes calls of its own, or may. */
  readonly isAlone: boolean;
  /** It is shutting down, and makes no calls any more. */
  readonly isLeaving: boolean;
  /** The owner's last renewal that it has seen; it makes no calls of its own for a good while after that. */
  readonly confirmed?: { readonly term: number; readonly counter: number } | undefined;
  /** How many replicas it counts with when it makes calls of its own. */
  readonly replicas: number;
}

/** What only the owner receives. */
export type MessageToOwner =
  | ({ readonly kind: 'heartbeat' } & Heartbeat)
  | { readonly kind: 'wants'; readonly from: string; readonly wants: readonly Want[] };

const longestPatienceMs = 120_000;
const mostWants = 2_000;
const mostReplicas = 1_000;

/** One replica's heartbeat. */
export const toHeartbeatMessage = (heartbeat: Heartbeat): string => `heartbeat ${toSealed(heartbeat)}`;

/** The wants of one replica, sent in one turn. */
export const toWantsMessage = (from: string, wants: readonly Want[]): string =>
  `wants ${toSealed({
    from,
    wants: wants.map(({ typename, id, patienceMs, dueInMs, knownAgeMs, caller }) => [
      typename,
      id,
      patienceMs,
      dueInMs,
      knownAgeMs ?? null,
      caller,
    ]),
  })}`;

/** Undefined for whatever is not ours. */
export const readMessageToOwner = (text: string): MessageToOwner | undefined => {
  const [kind, rest] = splitWord(text);
  const value = readSealed(rest);
  const from = readText(value?.from);
  if (!value || !from) return undefined;
  if (kind === 'wants') {
    return { kind, from, wants: readList(value.wants).slice(0, mostWants).flatMap(readWant) };
  }
  if (kind !== 'heartbeat') return undefined;
  const { term, counter } = (value.confirmed ?? {}) as Record<string, unknown>;
  const isConfirmed = typeof term === 'number' && typeof counter === 'number';
  return {
    kind,
    from,
    shape: readSpan(value.shape) ?? 0,
    fingerprint: readText(value.fingerprint) ?? '',
    isAlone: value.isAlone === true,
    isLeaving: value.isLeaving === true,
    confirmed: isConfirmed ? { term, counter } : undefined,
    replicas: Math.max(1, readSpan(value.replicas, mostReplicas) ?? 1),
  };
};

const readWant = (value: unknown): Want[] => {
  const [typename, id, patienceMs, dueInMs, knownAgeMs, caller] = readList(value);
  const subject = readSubject(typename, id);
  if (!subject) return [];
  const known = readSpan(knownAgeMs);
  return [
    {
      ...subject,
      patienceMs: readSpan(patienceMs, longestPatienceMs) ?? 0,
      dueInMs: readSpan(dueInMs) ?? 0,
      caller: readText(caller) ?? '',
      ...(known !== undefined && { knownAgeMs: known }),
    },
  ];
};
