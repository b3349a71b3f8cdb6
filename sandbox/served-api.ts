import type { ServerResponse } from 'node:http';
import { type CallCounts, createCallCounter } from './call-counter.ts';
import { type AnswerOptions, applyFault, type FaultSetting, sendReply } from './faults.ts';
import type { VendorRequest } from './request.ts';
import { createSlidingSecond } from './sliding-second.ts';
import type { Answer, Reply, Vendor, VendorApi, Verify } from './vendor.ts';

/** The statistics of an API: its calls, its quota, and the fault that is switched on. */
export interface ApiReport extends CallCounts {
  readonly quota: number;
  readonly fault: FaultSetting | null;
}

/** A running API: counts calls, verifies them, keeps the quota, and applies the fault that is switched on. */
export interface ServedApi<Provider extends string = string> {
  readonly api: VendorApi<Provider>;
  receive(request: VendorRequest, response: ServerResponse): Promise<void>;
  report(): ApiReport;
  resetCounts(): void;
  switchFault(fault: FaultSetting | null): void;
}

interface ServedApiOptions {
  readonly vendor: Pick<Vendor, 'refuseAs'>;
  readonly api: VendorApi;
  readonly verify: Verify;
  readonly answer: Answer;
  /** Ms epoch. */
  readonly now: () => number;
}

export function createServedApi({ vendor, api, verify, answer, now }: ServedApiOptions): ServedApi {
  const quota = api.callsPerSecond;
  const counter = createCallCounter();
  const admitted = createSlidingSecond();
  let fault: FaultSetting | null = null;
  let switchedAt = 0;

  /** The vendor checks the signature before it counts the call against its quota. */
  function reply(request: VendorRequest, { insteadOf, clockOffset = 0 }: AnswerOptions = {}): Reply {
    const refusal = refuseMisdirected(request) ?? verify(request, now() + clockOffset);
    if (refusal) return refusal;
    if (admitted.count(now()) >= quota) return vendor.refuseAs(request, 'throttled');
    admitted.add(now());
    return answer(insteadOf ? aboutOtherTask(request, insteadOf) : request, now());
  }

  function aboutOtherTask(request: VendorRequest, insteadOf: (taskId: string) => string): VendorRequest {
    const parameters = [...request.parameters].map(([name, value]): [string, string] => [
      name,
      api.taskParameters.includes(name) ? insteadOf(value) : value,
    ]);
    return { ...request, parameters: new Map(parameters) };
  }

  function isAffected({ taskId }: FaultSetting, { parameters }: VendorRequest): boolean {
    return taskId === undefined || api.taskParameters.some((name) => parameters.get(name) === taskId);
  }

  /** A fault lets the vendor answer at once or not at all, so the call can be counted at once. */
  async function answerFaulty(setting: FaultSetting, request: VendorRequest, response: ServerResponse) {
    const { fault, retryAfter } = setting;
    let isAnswered = false;
    const applied = applyFault(fault, {
      ...setting,
      response,
      onForMs: now() - switchedAt,
      answer(options) {
        isAnswered = true;
        if (options?.clockOffset) setDate(response, now() + options.clockOffset);
        const given = reply(request, options);
        counter.replied(given);
        return given;
      },
      refuse(kind, status) {
        const refusal = vendor.refuseAs(request, kind);
        const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
        sendReply(response, { ...refusal, status: status ?? refusal.status, headers });
      },
    });
    if (!isAnswered) counter.faulted();
    await applied;
  }

  return {
    api,
    async receive(request, response) {
      counter.arrived(now());
      response.once('close', counter.left);
      setDate(response, now());
      if (fault && isAffected(fault, request)) return answerFaulty(fault, request, response);
      const given = reply(request);
      counter.replied(given);
      sendReply(response, given);
    },
    report: () => ({ ...counter.read(), quota, fault }),
    resetCounts: counter.reset,
    switchFault(setting) {
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

function setDate(response: ServerResponse, ms: number): void {
  response.setHeader('date', new Date(ms).toUTCString());
}
