import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { RefusalKind, Reply } from './vendor.ts';

/** A fault as it was switched on. */
export interface FaultSetting {
  readonly fault: FaultName;
  /** What it means depends on the fault. */
  readonly ms?: number;
  /** Sent verbatim in the header `Retry-After`, valid or not, by the faults that refuse. */
  readonly retryAfter?: string | number;
  /** What `garbage` sends instead of its usual body. */
  readonly body?: string;
  /** The only task that is affected; all of them when absent. */
  readonly taskId?: string;
}

/** Faults that change the content of well-formed answers. */
export interface AnswerOptions {
  /** The task it answers about instead of the one asked for. */
  readonly insteadOf?: (taskId: string) => string;
  /** How far its clock is ahead, in ms. */
  readonly clockOffset?: number;
}

/** One call that a fault affects. */
export interface FaultyCall extends Pick<FaultSetting, 'ms' | 'body'> {
  readonly response: ServerResponse;
  /** How long the fault has been on, in ms. */
  readonly onForMs: number;
  /** What the vendor answers to this request. */
  answer(options?: AnswerOptions): Reply;
  /** The vendor's refusal of this request; `status` replaces its usual HTTP status. */
  refuse(kind: RefusalKind, status?: number): void;
}

type Fault = readonly [describes: string, apply: (call: FaultyCall) => void | Promise<void>];

/** The document's own sample of WbTranscodeQuery, with its comment, truncated. */
const NOT_JSON = '{"Result": {"status": 2, // 0：未开始，1:进行中';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const MEGABYTE = 1_000_000;

/** Well within the range of timers and dates. */
const DAY_MS = 86_400_000;

const faults = {
  down: ['the connection is reset before any header', ({ response }) => reset(response)],
  error: ["HTTP 500 in the vendor's own error form", ({ refuse }) => refuse('internalError')],
  slow: [
    'the right answer, ms (1500) later',
    async ({ response, answer, ms = 1_500 }) => {
      const reply = answer();
      // Without keeping the process alive.
      await sleep(ms, undefined, { ref: false });
      if (!response.destroyed) sendReply(response, reply);
    },
  ],
  hang: ['the request is taken and never answered', () => {}],
  throttled: ["the vendor's own throttle answer", ({ refuse }) => refuse('throttled')],
  'too-many-requests': [
    "HTTP 429 around the vendor's throttle answer",
    ({ refuse }) => refuse('throttled', 429),
  ],
  'wrong-credentials': [
    'the vendor refuses the credentials with its own code',
    ({ refuse }) => refuse('wrongCredentials'),
  ],
  garbage: [
    'HTTP 200 with a body that is not JSON, or with any body given',
    ({ response, body = NOT_JSON }) => void response.writeHead(200, JSON_TYPE).end(body),
  ],
  'reset-mid-body': [
    'half the right answer, then the connection is reset',
    ({ response, answer }) => {
      const { status, body } = answer();
      const bytes = Buffer.from(JSON.stringify(body));
      response.writeHead(status, { ...JSON_TYPE, 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => reset(response));
    },
  ],
  huge: [
    'HTTP 200 with 100 MB of JSON',
    ({ response }) => {
      const padding = Array<Buffer>(100).fill(Buffer.alloc(MEGABYTE, 'x'));
      return pour(response.writeHead(200, JSON_TYPE), ['{"padding":"', ...padding, '"}']);
    },
  ],
  'gzip-bomb': [
    'HTTP 200 with half a MB of gzip that unpacks to half a GB',
    ({ response }) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      // Gzip members can be concatenated, so one packed megabyte is sent repeatedly.
      return pour(response, Array<Buffer>(512).fill(gzipSync(Buffer.alloc(MEGABYTE, ' '))));
    },
  ],
  deep: [
    'HTTP 200 with JSON nested 200,000 deep',
    ({ response }) => void response.writeHead(200, JSON_TYPE).end('['.repeat(200_000) + ']'.repeat(200_000)),
  ],
  'other-task': [
    'the right answer to a question about another task (load-0, or load-1 instead of load-0)',
    ({ response, answer }) =>
      sendReply(response, answer({ insteadOf: (asked) => (asked === 'load-0' ? 'load-1' : 'load-0') })),
  ],
  clock: [
    "the vendor's clock, and so its Date header, is ahead by ms (960000); a negative value sets it back",
    ({ response, answer, ms = 960_000 }) => sendReply(response, answer({ clockOffset: ms })),
  ],
  flap: [
    'fine for ms (1000), then down for ms, and so on',
    ({ response, answer, onForMs, ms = 1_000 }) =>
      Math.floor(onForMs / ms) % 2 === 0 ? sendReply(response, answer()) : reset(response),
  ],
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

/** The help text of a fault: what it does, and which settings it takes. */
export function describeFault(name: FaultName): string {
  return faults[name][0];
}

/** Answers the call according to the fault. A call for which `answer` is not used counts as not having reached the vendor. */
export function applyFault(name: FaultName, call: FaultyCall): void | Promise<void> {
  const [, apply]: Fault = faults[name];
  return apply(call);
}

/** Which settings there are, and what each must be. */
const settings: Readonly<Record<string, (value: unknown) => boolean>> = {
  fault: (value) => faultNames.some((name) => name === value),
  ms: (value) => Number.isSafeInteger(value) && value !== 0 && Math.abs(Number(value)) <= DAY_MS,
  retryAfter: (value) => /^[\x20-\x7e]*$/.test(String(value)),
  body: (value) => typeof value === 'string',
  taskId: (value) => typeof value === 'string',
};

/** The setting in a request's body, or the message of what is wrong with it. */
export function readFaultSetting(body: unknown): FaultSetting | string {
  const given = Object.entries({ fault: undefined, ...(body as object) });
  const wrong = given.find(([name, value]) => !settings[name]?.(value));
  if (!wrong) return body as FaultSetting;
  return `Invalid setting ${JSON.stringify(wrong)}. The body must be JSON such as {"fault":"slow","ms":1500}; faults: ${faultNames.join(', ')}; settings: ${Object.keys(settings).join(', ')}.`;
}

/** Sends the reply as JSON. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body));
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** Writes with back-pressure; the client may disconnect before the end. */
async function pour(response: ServerResponse, pieces: Iterable<Buffer | string>): Promise<void> {
  await pipeline(Readable.from(pieces), response).catch(() => undefined);
}
