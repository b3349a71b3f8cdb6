/** What people who run this want to know of Redis and of an account's owner. */
export type ExchangeEvent =
  /** This process makes the account's calls from now on. */
  | { readonly kind: 'owner-taken'; readonly account: string; readonly isHandedOver: boolean }
  /** This process stops making them of its own accord, for another one to go on. */
  | { readonly kind: 'owner-handed-over'; readonly account: string; readonly why: HandOverReason }
  /** This process may not make them any more: it could not renew its lease, or another one has taken it. */
  | { readonly kind: 'owner-lost'; readonly account: string }
  /** No owner can be reached: this process makes calls of its own, within this part of the quota. */
  | { readonly kind: 'alone'; readonly account: string; readonly share: number }
  /** An owner is there again, or this process is it: no more calls of its own. */
  | { readonly kind: 'rejoined'; readonly account: string; readonly afterMs: number }
  /** An error of this program's own. */
  | { readonly kind: 'bug'; readonly account: string; readonly error: unknown };

/** Why an owner stops of its own accord. */
export type HandOverReason = 'shutdown' | 'wrong-credentials' | 'newer-version';
