import type { AccountRef, ShownCounts } from '../domain/events.ts';
import type { Quota } from '../domain/provider.ts';
import type { ProviderName } from '../domain/task.ts';
import type { MediaTaskBreakerState } from '../generated/model.ts';

/** How the program stands at a moment, read when metrics or details of its health are asked for. */
export interface AppState {
  readonly providers: readonly ProviderState[];
  /** Undefined: it is not used. */
  readonly redis: RedisState | undefined;
}

/** `connecting`: since the start, nobody knows yet whether it can be used. */
export type RedisState = 'connecting' | 'works' | 'lost';

export interface ProviderState {
  readonly provider: ProviderName;
  readonly quota: Quota;
  /** Undefined: no credentials. */
  readonly account: AccountState | undefined;
}

export interface AccountState extends AccountRef {
  readonly role: AccountRole;
  /** The part of the quota that this process may use, from 0 to 1. */
  readonly share: number;
  readonly breaker: MediaTaskBreakerState;
  /** How long the calls that are due now will take, in ms: all, and renewals only. */
  readonly backlogMs: number;
  readonly renewalBacklogMs: number;
  /** How long ago the vendor last answered this process, in ms; null if it has not. */
  readonly lastSuccessAgeMs: number | null;
  /** How far the vendor's clock is ahead, in ms. */
  readonly clockOffsetMs: number;
  readonly shown: ShownCounts;
}

export const accountRoles = ['owner', 'follower', 'outdated', 'partitioned', 'alone'] as const;

/** Who makes the account's calls: this process, another one, one of a newer version, nobody, or each for itself. */
export type AccountRole = (typeof accountRoles)[number];
