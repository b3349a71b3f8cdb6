import type { AppEvent, CallFailure } from '../domain/events.ts';
import type { ProviderName } from '../domain/task.ts';

/** The last failed call of this process to a vendor. */
export interface LastFailure extends CallFailure {
  /** ISO 8601. */
  readonly at: string;
}

/** Remembers them, for the details of the health. */
export const createLastFailures = (now: () => number) => {
  const last = new Map<ProviderName, LastFailure>();
  return {
    of: (provider: ProviderName): LastFailure | undefined => last.get(provider),
    listen: (event: AppEvent): void => {
      if (event.kind !== 'vendor-call-finished' || !event.failure) return;
      last.set(event.account.provider, { ...event.failure, at: new Date(now()).toISOString() });
    },
  };
};
