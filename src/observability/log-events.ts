import type { Clock } from '../domain/clock.ts';
import type { AccountRef, AppEvent, Emit, RequestFinished, SubscriptionEnded } from '../domain/events.ts';
import { createRepeats } from './repeats.ts';
import { toTraceId } from './trace-parent.ts';
import {
  toBreakerMessage,
  toFailureMessage,
  toLeaseMessage,
  toRedisBackMessage,
  toRedisLostMessage,
  toRefusalMessage,
  toRefusedPermitMessage,
  toSkewMessage,
} from './words.ts';

/** The methods of pino's logger that are used. */
export type Log = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
> & { isLevelEnabled(level: string): boolean };

/** Writes the line of a request, at info. */
export type RequestLog = (event: RequestFinished) => void;

export const requestMessage = 'Request';

/** Names that clients choose are cut. Those of operations and clients are rarely longer. */
const maxNameLength = 100;

/**
 * Writes events to the log: requests and changes of state at info, what somebody should look at at warn.
 */
export const createEventLog = (
  log: Log,
  clock: Pick<Clock, 'sleep'>,
  logRequest: RequestLog = (event) => log.info(toRequestFields(event), requestMessage),
): Emit => {
  const repeats = createRepeats(clock);
  const logsRequests = log.isLevelEnabled('info');
  const logsLookups = log.isLevelEnabled('debug');

  const writeOnce = (level: 'warn' | 'error', key: string, fields: object, message: string): void =>
    repeats.report(key, (more) => {
      if (more === 0) log[level](fields, message);
      else log[level]({ ...fields, more }, `${message} (${more} more in the last minute)`);
    });
  const warnOnce = (key: string, fields: object, message: string): void =>
    writeOnce('warn', key, fields, message);

  return (event) => {
    if (event.kind === 'request-finished') {
      // What was refused is summarised: nobody can fill the disk with it.
      if (logsRequests && event.outcome !== 'refused') logRequest(event);
      return;
    }
    const account = toAccountFields(event);
    const { provider = '' } = account;
    switch (event.kind) {
      case 'request-refused': {
        const { transport, rule, limit } = event;
        const message = toRefusalMessage(rule, limit);
        return warnOnce(`refused ${transport} ${rule} ${limit}`, { transport, rule, limit }, message);
      }
      case 'subscription-ended':
        if (logsRequests) log.info(toSubscriptionFields(event), 'Subscription ended');
        return;
      case 'vendor-call-finished': {
        const { failure, durationMs, status, attempt } = event;
        if (!failure) return;
        const { message, ...known } = failure;
        const fields = { ...account, ...known, status, attempt, durationMs: round(durationMs) };
        const key = `call ${provider} ${failure.code} ${failure.reason} ${failure.vendorCode}`;
        return warnOnce(key, fields, toFailureMessage(failure));
      }
      case 'permit-refused': {
        const { reason, retryAfterMs, waiting } = event;
        const fields = {
          ...account,
          code: 'RATE_LIMITED',
          reason,
          retryAfterMs: round(retryAfterMs),
          waiting,
        };
        return warnOnce(`permit ${provider} ${reason}`, fields, toRefusedPermitMessage(event));
      }
      case 'breaker-changed':
        if (event.to === 'OPEN') return log.warn(account, toBreakerMessage(event));
        return log.info(account, toBreakerMessage(event));
      case 'clock-skew':
        return log.warn({ ...account, offsetMs: round(event.offsetMs) }, toSkewMessage(event.offsetMs));
      case 'lease-lost':
      case 'alone':
        return log.warn(account, toLeaseMessage(event));
      case 'lease-taken':
      case 'lease-handed-over':
      case 'rejoined':
        return log.info(account, toLeaseMessage(event));
      case 'redis-lost':
        return warnOnce('redis', {}, toRedisLostMessage(event.cause));
      case 'redis-back':
        return log.info({}, toRedisBackMessage(event.afterMs));
      case 'unhandled-error':
        return writeOnce(
          'error',
          `error ${String(event.error)}`,
          { ...account, err: event.error },
          'Unhandled error',
        );
      case 'lookup-finished': {
        if (!logsLookups) return;
        const { typename, outcome, reason, source, durationMs } = event;
        return log.debug({ ...account, typename, outcome, reason, source, durationMs }, 'Lookup');
      }
    }
  };
};

const toAccountFields = (event: AppEvent): { readonly provider?: string; readonly account?: string } => {
  const account: AccountRef | undefined = 'account' in event ? event.account : undefined;
  return account ? { provider: account.provider, account: account.id } : {};
};

/**
 * Field by field: there is one for each request, and copying the rest of an object takes longer than logging it.
 * @param toShown of a text that is somebody else's
 */
export const toRequestFields = (
  event: RequestFinished,
  toShown: (text: string | undefined) => string | undefined = (text) => text,
) => ({
  operation: toShown(cut(event.operation)),
  transport: event.transport,
  outcome: event.outcome,
  status: event.status,
  bytes: event.bytes,
  tasks: event.tasks,
  isFastLane: event.isFastLane,
  durationMs: round(event.durationMs),
  clientName: toShown(cut(event.clientName)),
  clientVersion: toShown(cut(event.clientVersion)),
  traceId: toTraceId(event.trace),
});

const toSubscriptionFields = (event: SubscriptionEnded): object => {
  const { kind: _, operation, clientName, clientVersion, trace, durationMs, ...fields } = event;
  return {
    operation: cut(operation),
    ...fields,
    durationMs: round(durationMs),
    clientName: cut(clientName),
    clientVersion: cut(clientVersion),
    traceId: toTraceId(trace),
  };
};

const cut = (name: string | undefined): string | undefined => name?.slice(0, maxNameLength).toWellFormed();

/** To a tenth of a millisecond. */
const round = (ms: number): number => Math.round(ms * 10) / 10;
