import type { ServerResponse } from 'node:http';
import { type AnswerOptions, applyFault, type FaultSetting, sendReply } from './faults.ts';
import type { VendorRequest } from './request.ts';
import type { Reply, Vendor, VendorApi, Verify } from './vendor.ts';

/** The calls of an API since the last reset. Every call counts as exactly one of `answered`, `refused` and `faulted`. */
export interface ApiReport {
  /** All calls that arrived. */
  readonly calls: number;
  /** Calls that passed verification and were answered, "no such task" included. */
  readonly answered: number;
  /** Calls that were refused, by the vendor's own code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Calls that a fault answered or broke instead of the vendor. */
  readonly faulted: number;
  /** The most calls that arrived within any sliding second, refused ones included. */
  readonly mostInAnySecond: number;
  /** Calls whose connection still waits for its answer; a reset leaves them. */
  readonly inFlight: number;
  readonly quota: number;
  /** The fault that is switched on. */
  readonly fault: FaultSetting | null;
}

/** A running API: counts calls, verifies them, keeps the quota, and applies the fault that is switched on. */
export type ServedApi = ReturnType<typeof createServedApi>;

interface ServedApiOptions {
  readonly vendor: Vendor;
  readonly api: VendorApi;
  readonly verify: Verify;
  /** Ms epoch. */
  readonly now: () => number;
  /** The time at which tasks are shown, ms epoch. */
  readonly taskNow: () => number;
}

export function createServedApi({ vendor, api, verify, now, taskNow }: ServedApiOptions) {
  const { provider, callsPerSecond: quota, taskParameter } = api;
  const answer = api.createAnswer(taskNow());
  const admitted = createSlidingSecond();
  let arrivals = createSlidingSecond();
  let counts = { calls: 0, answered: 0, faulted: 0, mostInAnySecond: 0 };
  let refused: Record<string, number> = {};
  let inFlight = 0;
  let fault: FaultSetting | null = null;
  let switchedAt = 0;

  function countArrival(response: ServerResponse): void {
    counts.calls += 1;
    counts.mostInAnySecond = Math.max(counts.mostInAnySecond, arrivals.add(now()));
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
  }

  function reply(request: VendorRequest, options?: AnswerOptions): Reply {
    const given = decide(request, options);
    const { refusedFor } = given;
    if (refusedFor === undefined) counts.answered += 1;
    else refused[refusedFor] = (refused[refusedFor] ?? 0) + 1;
    return given;
  }

  /** The vendor checks the signature before it counts the call against its quota. */
  function decide(request: VendorRequest, { insteadOf, clockOffset = 0 }: AnswerOptions = {}): Reply {
    const refusal = refuseMisdirected(request) ?? verify(request, now() + clockOffset);
    if (refusal) return refusal;
    if (admitted.count(now()) >= quota) return vendor.refuseAs(request, 'throttled');
    admitted.add(now());
    if (!insteadOf) return answer(request, taskNow());
    const other = insteadOf(request.parameters.get(taskParameter) ?? '');
    return answer(
      { ...request, parameters: new Map(request.parameters).set(taskParameter, other) },
      taskNow(),
    );
  }

  /** A fault lets the vendor answer at once or not at all, so the call can be counted at once. */
  async function answerFaulty(setting: FaultSetting, request: VendorRequest, response: ServerResponse) {
    const { retryAfter } = setting;
    let isAnswered = false;
    const applied = applyFault(setting.fault, {
      ...setting,
      response,
      onForMs: now() - switchedAt,
      answer(options) {
        isAnswered = true;
        if (options?.clockOffset) setDate(response, now() + options.clockOffset);
        return reply(request, options);
      },
      refuse(kind, status) {
        const refusal = vendor.refuseAs(request, kind);
        const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
        sendReply(response, { ...refusal, status: status ?? refusal.status, headers });
      },
    });
    if (!isAnswered) counts.faulted += 1;
    await applied;
  }

  return {
    provider,
    action: api.action,
    async receive(request: VendorRequest, response: ServerResponse): Promise<void> {
      countArrival(response);
      setDate(response, now());
      const taskId = request.parameters.get(taskParameter);
      if (fault && (fault.taskId ?? taskId) === taskId) return answerFaulty(fault, request, response);
      sendReply(response, reply(request));
    },
    report: (): ApiReport => ({ ...counts, refused, inFlight, quota, fault }),
    resetCounts(): void {
      arrivals = createSlidingSecond();
      counts = { calls: 0, answered: 0, faulted: 0, mostInAnySecond: 0 };
      refused = {};
    },
    switchFault(setting: FaultSetting | null): void {
      fault = setting;
      switchedAt = now();
    },
  };
}

/** The reply for an unknown path or method, which no vendor's document covers. */
function refuseMisdirected({ isKnownPath, method }: VendorRequest): Reply | undefined {
  if (!isKnownPath) return { status: 404, body: {}, refusedFor: 'HTTP 404' };
  if (method === 'GET') return undefined;
  return { status: 405, body: {}, headers: { allow: 'GET' }, refusedFor: 'HTTP 405' };
}

/** An exact log of the events of the last second. Times are ms epoch and never go back. */
function createSlidingSecond() {
  const log: number[] = [];
  /** The events in the second that ends now, which excludes one that is exactly a second old. */
  function count(now: number): number {
    const firstWithin = log.findIndex((time) => time > now - 1_000);
    log.splice(0, firstWithin < 0 ? log.length : firstWithin);
    return log.length;
  }
  /** Adds an event and counts it with the others. */
  function add(now: number): number {
    log.push(now);
    return count(now);
  }
  return { count, add };
}

function setDate(response: ServerResponse, ms: number): void {
  response.setHeader('date', new Date(ms).toUTCString());
}
