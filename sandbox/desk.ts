import type { ServerResponse } from 'node:http';
import { type FaultSetting, faultNamed, type Twist } from './faults.ts';
import { createSlidingSecond } from './sliding-second.ts';
import { createTallyKeeper, type Tally } from './tally.ts';
import type { ProviderName, Reply, VendorApi, VendorRequest, WrittenReply } from './vendor-api.ts';

/** What a desk reports: its tally, its quota, and the fault that is switched on. */
export interface DeskReport extends Tally {
  readonly quota: number;
  readonly fault: FaultSetting | null;
}

/** The desk of one vendor API: counts who comes, keeps the quota, and plays the fault that is switched on. */
export interface Desk {
  readonly provider: ProviderName;
  receive(request: VendorRequest, response: ServerResponse): Promise<void>;
  report(): DeskReport;
  resetTally(): void;
  switchFault(fault: FaultSetting | null): void;
}

interface DeskSetting {
  readonly api: VendorApi;
  /** Calls answered in any sliding second; those beyond get the vendor's throttle answer. */
  readonly quota: number;
  /** Ms epoch. */
  readonly now: () => number;
}

export function createDesk({ api, quota, now }: DeskSetting): Desk {
  const tally = createTallyKeeper();
  const admitted = createSlidingSecond();
  let switchedOn: FaultSetting | null = null;
  let switchedAt = 0;

  function judge(request: VendorRequest, { insteadOf, clockOffset = 0 }: Twist = {}): Reply {
    const refusal = misdirected(api, request) ?? api.verify(request, now() + clockOffset);
    if (refusal) return refusal;
    if (admitted.count(now()) >= quota) return api.refuse('throttled', request);
    admitted.add(now());
    return api.answer(insteadOf ? aboutOtherTask(api, request, insteadOf) : request, now());
  }

  /** Every fault asks the vendor at once or not at all, which is what the call is counted by. */
  async function spoil(
    setting: FaultSetting,
    request: VendorRequest,
    response: ServerResponse,
  ): Promise<void> {
    const fault = faultNamed(setting.fault);
    let isVendorAsked = false;
    const playing = fault.play({
      response,
      setting,
      ms: setting.ms ?? fault.ms?.byDefault ?? 0,
      onFor: now() - switchedAt,
      answer(twist) {
        isVendorAsked = true;
        if (twist?.clockOffset) response.setHeader('date', httpDate(now() + twist.clockOffset));
        const reply = judge(request, twist);
        tally.replied(reply);
        return reply;
      },
      refuse: (trouble) => api.refuse(trouble, request),
      send: (reply) => send(response, reply, write(api, reply, request)),
      write: (reply) => write(api, reply, request),
    });
    if (!isVendorAsked) tally.faulted();
    await playing;
  }

  return {
    provider: api.provider,

    async receive(request, response) {
      tally.arrived(now());
      response.once('close', tally.left);
      response.sendDate = false;
      response.setHeader('date', httpDate(now()));
      if (switchedOn && befalls(switchedOn, api, request)) return spoil(switchedOn, request, response);
      const reply = judge(request);
      tally.replied(reply);
      send(response, reply, write(api, reply, request));
    },

    report: () => ({ ...tally.read(), quota, fault: switchedOn }),
    resetTally: tally.reset,
    switchFault(fault) {
      switchedOn = fault;
      switchedAt = now();
    },
  };
}

function befalls({ taskId }: FaultSetting, api: VendorApi, { parameters }: VendorRequest): boolean {
  return taskId === undefined || api.taskParameters.some((name) => parameters.get(name) === taskId);
}

/** Says what no vendor document covers: the wrong address or method. */
function misdirected(api: VendorApi, { path, method }: VendorRequest): Reply | undefined {
  if (!api.paths.includes(path)) return { status: 404, body: {}, refusedFor: 'HTTP 404' };
  if (api.methods.includes(method)) return undefined;
  return { status: 405, body: {}, headers: { allow: api.methods.join(', ') }, refusedFor: 'HTTP 405' };
}

function aboutOtherTask(
  api: VendorApi,
  request: VendorRequest,
  insteadOf: (asked: string) => string,
): VendorRequest {
  const parameters = new Map(request.parameters);
  for (const name of api.taskParameters) {
    const asked = parameters.get(name);
    if (asked !== undefined) parameters.set(name, insteadOf(asked));
  }
  return { ...request, parameters };
}

function write(api: VendorApi, reply: Reply, request: VendorRequest): WrittenReply {
  return (
    api.write?.(reply, request) ?? {
      contentType: 'application/json; charset=utf-8',
      text: JSON.stringify(reply.body),
    }
  );
}

function send(response: ServerResponse, reply: Reply, { contentType, text }: WrittenReply): void {
  response.writeHead(reply.status, { 'content-type': contentType, ...reply.headers }).end(text);
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
