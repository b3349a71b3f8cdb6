import type { AccountEvent, CallFailure, PermitRefused, RefusalRule } from '../domain/events.ts';

/** What events mean, and what to do about them, in sentences for operators. */

type EventOf<Kind extends AccountEvent['kind']> = Extract<AccountEvent, { readonly kind: Kind }>;

const toSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What follows from a failed call, and what can be done. */
export const toFailureMessage = (failure: CallFailure): string => {
  const { code, message, reason, retryAfterMs } = failure;
  if (reason === 'wrong-credentials')
    return `The vendor refuses the credentials: "${message}" Its tasks say ACCESS_DENIED, and one call a minute tries again. Correct the key and its secret, and restart.`;
  if (reason === 'wrong-time')
    return `The vendor refuses the time of the signature: "${message}" Correct the clock of this machine.`;
  if (code === 'ACCESS_DENIED')
    return `The vendor refuses access: "${message}" The credentials are right, but may not do this.`;
  if (code === 'RATE_LIMITED') {
    const pause = retryAfterMs === undefined ? '' : ` and asks for ${toSeconds(retryAfterMs)} without a call`;
    return `The vendor throttles the account${pause}: another program uses it, or its quota is less than configured (<PROVIDER>_QPS).`;
  }
  return `A call failed: ${message}`;
};

export const toRefusedPermitMessage = ({ message }: PermitRefused): string =>
  `A task says RATE_LIMITED: ${message}`;

export const toBreakerMessage = ({ to, openForMs, outages, calls }: EventOf<'breaker-changed'>): string => {
  switch (to) {
    case 'OPEN': {
      const why = outages > 0 ? ` after ${outages} failures in ${calls} calls` : '';
      return `The circuit breaker is open for ${toSeconds(openForMs)}${why}: nothing is called, and tasks are stale or UNAVAILABLE.`;
    }
    case 'HALF_OPEN':
      return 'The circuit breaker is half open: one call finds out whether the vendor works again.';
    case 'CLOSED':
      return 'The circuit breaker is closed: the vendor works again.';
  }
};

export const toLeaseMessage = (
  event: EventOf<'lease-taken' | 'lease-handed-over' | 'lease-lost' | 'alone' | 'rejoined'>,
): string => {
  switch (event.kind) {
    case 'lease-taken':
      return `This replica makes the account's calls${event.isHandedOver ? ', handed over by another one' : ''}.`;
    case 'lease-handed-over':
      return `This replica hands the account's calls over: ${handOverReasons[event.why]}.`;
    case 'lease-lost':
      return "This replica stops making the account's calls: it could not renew its lease.";
    case 'alone':
      return `No replica that makes the account's calls can be reached: this one makes calls by itself, within ${(100 * event.share).toFixed(0)} % of the quota, and shares no answers.`;
    case 'rejoined':
      return `This replica works with the others again, after ${toSeconds(event.afterMs)} of calls by itself.`;
  }
};

const handOverReasons: Readonly<Record<EventOf<'lease-handed-over'>['why'], string>> = {
  shutdown: 'it is shutting down',
  'wrong-credentials': 'the vendor refuses its credentials and another replica has others',
  'newer-version': 'another replica has a newer version',
};

export const toSkewMessage = (offsetMs: number): string =>
  `The clock of this machine is ${toSeconds(Math.abs(offsetMs))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the vendor's. Signatures follow the vendor's; correct it all the same.`;

export const toRedisLostMessage = (cause: string): string =>
  `Redis cannot be used: ${cause} Until it can, known answers are shown from memory and marked stale as they age, new ones are delayed for some seconds, and then each replica makes calls by itself, within its share of each quota.`;

export const toRedisBackMessage = (afterMs: number): string =>
  `Redis works again, after ${toSeconds(afterMs)}.`;

/** @param limit the name of the limit, if the rule is one */
export const toRefusalMessage = (rule: RefusalRule, limit: string | undefined): string =>
  `A client was refused: ${rule === 'limit' && limit ? `it exceeds the limit "${limit}"` : refusalRules[rule]}.`;

const refusalRules: Readonly<Record<RefusalRule, string>> = {
  'router-authorization': 'Router-Authorization is missing or wrong',
  origin: 'its browser shows a page of another site, which ALLOWED_ORIGINS does not list',
  limit: 'it exceeds a limit',
  connections: 'there are too many connections',
  unread: 'it does not read what is sent to it',
  malformed: 'it does not speak the protocol',
};
