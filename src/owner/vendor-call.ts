import type { Content } from '../domain/answer.ts';
import { LookupError, toRedacted } from '../domain/errors.ts';
import type { CallFailure, VendorCallFinished } from '../domain/events.ts';
import type { Call, Reply, VendorRequest } from '../domain/provider.ts';
import type { Snapshot } from '../domain/task.ts';
import type { OwnerOptions } from './owner.ts';
import type { Permit } from './rate-limiter.ts';
import type { Scheduled } from './scheduler.ts';

export type Contents = ReadonlyMap<string, Content>;

/** One call to the vendor: its deadline, its permits, and whether it has been sent, so that the vendor counts it. */
export interface VendorCall {
  readonly isSent: boolean;
  /** In how many milliseconds it ends at the latest. */
  readonly restMs: number;
  /**
   * Sends it, once or again, each time with a permit of its own.
   * @throws LookupError TIMEOUT at its deadline, `partitioned` when it was given up; what `fetch` throws otherwise
   */
  send(fetch: (call: Call) => Promise<Contents>): Promise<Contents>;
  /** Ends it: this process may not call any more. */
  giveUp(): void;
}

export interface VendorCallOptions
  extends Pick<OwnerOptions, 'get' | 'mayCall' | 'clock' | 'deadlineMs' | 'redact' | 'emit'> {
  readonly isValid: (permit: Permit) => boolean;
  /** Why no call may be made any more, although there is a permit: the credentials were refused. */
  readonly findDenial: () => LookupError | undefined;
  /** Another permit, before all that is queued. Rejects with the signal's reason when that is aborted. */
  readonly acquire: (scheduled: readonly Scheduled[], signal: AbortSignal) => Promise<Permit>;
  /** It is written in this turn. */
  readonly onSent: () => void;
  /** It has been written by now. */
  readonly onWritten: (permit: Permit) => void;
  /** It failed at the vendor, for the first time or again. */
  readonly onVendorError: (error: LookupError) => void;
}

/**
 * @param scheduled what it asks for
 * @param permit the one that it begins with
 */
export const createVendorCall = (
  scheduled: readonly Scheduled[],
  firstPermit: Permit,
  options: VendorCallOptions,
): VendorCall => {
  const { get, mayCall, clock, deadlineMs, isValid, findDenial, emit } = options;
  const [first] = scheduled;
  const deadlineAt = clock.elapsed() + deadlineMs;
  const abort = new AbortController();
  const { signal } = abort;
  let permit: Permit | undefined = firstPermit;
  let isConnecting = false;
  let isSent = false;
  let attempts = 0;
  void clock.sleep(deadlineMs).then(() => abort.abort(isConnecting ? tooSlow : tooLate));

  const permitGranted = (since: number): void =>
    emit?.({ kind: 'permit-granted', waitedMs: Math.max(0, clock.elapsed() - since), trace: first?.trace });
  permitGranted(first?.dueAt ?? clock.elapsed());

  /** @throws LookupError when the call must not be made */
  const check = (): void => {
    if (signal.aborted) throw signal.reason;
    if (!mayCall()) throw givenUp;
    const denial = findDenial();
    if (denial) throw denial;
  };

  const acquire = async (): Promise<Permit> => {
    const since = clock.elapsed();
    const acquired = await options.acquire(scheduled, signal);
    permitGranted(since);
    return acquired;
  };

  /** The last look: nothing is awaited between it and the writing of the request. */
  const confirm = async (record: CallRecord): Promise<void> => {
    isConnecting = true;
    for (check(); !permit || !isValid(permit); check()) permit = await acquire();
    const used = permit;
    permit = undefined;
    isConnecting = false;
    isSent = true;
    record.sent();
    options.onSent();
    // At the end of this turn, before any timer that was set later and gives the next permit.
    void clock.sleep(0).then(() => options.onWritten(used));
  };

  return {
    get isSent() {
      return isSent;
    },
    get restMs() {
      return Math.max(0, deadlineAt - clock.elapsed());
    },
    giveUp: () => abort.abort(givenUp),
    send: async (fetch) => {
      check();
      permit ??= await acquire();
      check();
      attempts += 1;
      const record = createCallRecord(scheduled, attempts, options);
      const bound: Call = {
        get: async (request) => {
          record.asked(request);
          const reply = await get({ ...request, signal, confirm: () => confirm(record) });
          record.replied(reply);
          return reply;
        },
      };
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const contents = await Promise.race([fetch(bound), aborted.promise]);
        record.ended(contents);
        return contents;
      } catch (error) {
        if (isUnknownTask(error)) record.ended(new Map());
        else if (!isGivenUp(error)) record.failed(error);
        if (error instanceof LookupError && !isGivenUp(error)) options.onVendorError(error);
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
        isSent = false;
      }
    },
  };
};

/** The event of one attempt at a call, once it has ended. */
const createCallRecord = (
  scheduled: readonly Scheduled[],
  attempt: number,
  { clock, redact, emit }: Pick<VendorCallOptions, 'clock' | 'redact' | 'emit'>,
) => {
  const [first] = scheduled;
  const facts = { status: 0, bytes: 0, host: '' };
  let sentAt: number | undefined;

  const end = (more: Pick<VendorCallFinished, 'failure' | 'vendorRequestId'>): void =>
    emit?.({
      kind: 'vendor-call-finished',
      typename: first?.subject.typename ?? '',
      items: scheduled.length,
      durationMs: sentAt === undefined ? 0 : clock.elapsed() - sentAt,
      ...facts,
      attempt,
      isRenewal: first?.isRenewal ?? false,
      replicas: new Set(scheduled.flatMap(({ replicas }) => [...replicas])).size,
      trace: first?.trace,
      ...more,
    });

  return {
    asked: ({ url }: VendorRequest): void => {
      facts.host = URL.parse(url)?.host ?? '';
    },
    sent: (): void => {
      sentAt = clock.elapsed();
    },
    replied: ({ status, body }: Reply): void => {
      facts.status = status;
      facts.bytes = Buffer.byteLength(body);
    },
    ended: (contents: Contents): void => {
      const [content] = contents.values();
      end({ vendorRequestId: (content as Partial<Snapshot> | undefined)?.vendorRequestId ?? undefined });
    },
    failed: (error: unknown): void => {
      end({ failure: error instanceof LookupError ? toFailure(toRedacted(error, redact)) : internalFailure });
    },
  };
};

type CallRecord = ReturnType<typeof createCallRecord>;

const toFailure = ({ code, message, details }: LookupError): CallFailure => {
  const { reason, ...others } = details;
  const kind = reason?.kind ?? (code === 'RATE_LIMITED' ? 'vendor-throttle' : undefined);
  return { code, message, reason: kind, ...others };
};

const internalFailure: CallFailure = { code: 'UNAVAILABLE', message: 'Internal error.' };

/** The vendor has answered, with a code of its own for an unknown task. */
export const isUnknownTask = (error: unknown): boolean =>
  error instanceof LookupError && error.code === 'TASK_NOT_FOUND';

/** Whether the call was ended because this process may not call any more. */
export const isGivenUp = (error: unknown): boolean =>
  error instanceof LookupError && error.details.reason?.kind === 'partitioned';

const givenUp = new LookupError('RATE_LIMITED', 'This replica may not call the vendor at the moment.', {
  reason: { kind: 'partitioned' },
});

const tooLate = new LookupError('TIMEOUT', 'The vendor did not answer before the deadline.');

/** A vendor that takes so long to connect to that the permit has expired is as good as one that does not answer. */
const tooSlow = new LookupError('TIMEOUT', 'Connecting to the vendor took too long.');
