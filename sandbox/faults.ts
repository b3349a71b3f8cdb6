import type { ServerResponse } from 'node:http';
import { sendDeep, sendGzipBomb, sendHuge } from './monsters.ts';
import type { Reply, Trouble, WrittenReply } from './vendor-api.ts';

/** A fault as it was switched on. */
export interface FaultSetting {
  readonly fault: FaultName;
  /** What it means depends on the fault; see `describes`. */
  readonly ms?: number;
  /** Sent as it is in the header `Retry-After`, however absurd. */
  readonly retryAfter?: string | number;
  /** What to send instead of the fault's usual body. */
  readonly body?: string;
  /** The only task that the fault befalls; all of them when absent. */
  readonly taskId?: string;
}

/** One call that a fault may spoil. */
export interface FaultScene {
  readonly response: ServerResponse;
  /** The setting's ms, or the fault's default. */
  readonly ms: number;
  readonly setting: FaultSetting;
  /** How long the fault has been on, in ms. */
  readonly onFor: number;
  /** What the vendor says to this request. */
  answer(twist?: Twist): Reply;
  refuse(trouble: Trouble): Reply;
  send(reply: Reply): void;
  /** The reply as `send` would put it. */
  write(reply: Reply): WrittenReply;
}

/** What can be wrong with a vendor whose answers are right. */
export interface Twist {
  /** The task it answers about instead of the one asked for. */
  readonly insteadOf?: (asked: string) => string;
  /** How far its clock is ahead, in ms. */
  readonly clockOffset?: number;
}

interface Fault {
  readonly describes: string;
  /** Present when the fault understands `ms`. */
  readonly ms?: { readonly byDefault: number; readonly atLeast: number };
  /** Present when the fault understands `retryAfter`. */
  readonly retryAfter?: true;
  /** Present when the fault understands `body`. */
  readonly body?: true;
  play(scene: FaultScene): void | Promise<void>;
}

/** The longest `ms`: far below what a timer can wait and a date can hold. */
export const DAY_MS = 86_400_000;

/** The document's own sample of WbTranscodeQuery, with its comment, cut short. */
const NOT_JSON = '{"Result": {"status": 2, // 0：未开始，1:进行中';

/** No address that ever resolves (RFC 2606). */
const ELSEWHERE = 'http://elsewhere.invalid/';

const faults = {
  down: {
    describes: 'the connection is reset before any header',
    play: ({ response }) => reset(response),
  },
  error: {
    describes: "HTTP 500 in the vendor's own error form",
    play: (scene) => scene.send(scene.refuse('internalError')),
  },
  unavailable: {
    describes: "HTTP 503 in the vendor's own error form, with retryAfter as Retry-After",
    retryAfter: true,
    play: (scene) => scene.send(withRetryAfter(scene, scene.refuse('unavailable'))),
  },
  slow: {
    describes: 'the right answer, ms later',
    ms: { byDefault: 1_500, atLeast: 1 },
    async play(scene) {
      const reply = scene.answer();
      if (await pause(scene.ms, scene.response)) scene.send(reply);
    },
  },
  hang: {
    describes: 'the request is taken and never answered',
    play: () => {},
  },
  throttled: {
    describes: "the vendor's own throttle answer, with retryAfter as Retry-After",
    retryAfter: true,
    play: (scene) => scene.send(withRetryAfter(scene, scene.refuse('throttled'))),
  },
  'too-many-requests': {
    describes: "HTTP 429 around the vendor's throttle answer, with retryAfter as Retry-After",
    retryAfter: true,
    play: (scene) => scene.send(withRetryAfter(scene, { ...scene.refuse('throttled'), status: 429 })),
  },
  'wrong-credentials': {
    describes: 'the vendor refuses the credentials, in its own words',
    play: (scene) => scene.send(scene.refuse('wrongCredentials')),
  },
  garbage: {
    describes: 'HTTP 200 with a body that is not JSON, or with any body given',
    body: true,
    play: ({ response, setting }) => sendText(response, 'application/json', setting.body ?? NOT_JSON),
  },
  html: {
    describes: 'HTTP 200 with an HTML page',
    play: ({ response }) => sendText(response, 'text/html', '<!doctype html><title>Be right back</title>'),
  },
  truncated: {
    describes: 'half the right answer, then the connection ends before the promised Content-Length',
    play: (scene) => sendHalf(scene, () => scene.response.destroy()),
  },
  'reset-mid-body': {
    describes: 'half the right answer, then the connection is reset',
    play: (scene) => sendHalf(scene, () => reset(scene.response)),
  },
  drip: {
    describes: 'the right answer, a byte every ms',
    ms: { byDefault: 50, atLeast: 1 },
    async play(scene) {
      const body = startBody(scene);
      for (const byte of body) {
        if (!(await pause(scene.ms, scene.response))) return;
        scene.response.write(Buffer.of(byte));
      }
      scene.response.end();
    },
  },
  huge: {
    describes: 'HTTP 200 with 100 MB of JSON',
    play: ({ response }) => sendHuge(response),
  },
  'gzip-bomb': {
    describes: 'HTTP 200 with half a MB of gzip that unpacks to half a GB',
    play: ({ response }) => sendGzipBomb(response),
  },
  deep: {
    describes: 'HTTP 200 with JSON nested 200,000 deep',
    play: ({ response }) => sendDeep(response),
  },
  redirect: {
    describes: `HTTP 302 to another host (${ELSEWHERE})`,
    play: ({ response }) => {
      response.writeHead(302, { location: ELSEWHERE }).end();
    },
  },
  'other-task': {
    describes: 'the right answer to a question about another task (load-0, or load-1 instead of load-0)',
    play: (scene) =>
      scene.send(scene.answer({ insteadOf: (asked) => (asked === 'load-0' ? 'load-1' : 'load-0') })),
  },
  clock: {
    describes: "the vendor's clock, and so its Date header, is ahead by ms (behind when negative)",
    ms: { byDefault: 960_000, atLeast: -DAY_MS },
    play: (scene) => scene.send(scene.answer({ clockOffset: scene.ms })),
  },
  flap: {
    describes: 'fine for ms, then down for ms, and so on',
    ms: { byDefault: 1_000, atLeast: 1 },
    play: (scene) => {
      if (Math.floor(scene.onFor / scene.ms) % 2 === 0) scene.send(scene.answer());
      else reset(scene.response);
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

export function faultNamed(name: FaultName): Fault {
  return faults[name];
}

function withRetryAfter({ setting: { retryAfter } }: FaultScene, reply: Reply): Reply {
  return retryAfter === undefined ? reply : { ...reply, headers: { 'retry-after': String(retryAfter) } };
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function sendText(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, { 'content-type': `${contentType}; charset=utf-8` }).end(text);
}

/** Sends the headers of the right answer and returns its body, still to be sent. */
function startBody(scene: FaultScene): Buffer {
  const reply = scene.answer();
  const { contentType, text } = scene.write(reply);
  const body = Buffer.from(text);
  scene.response.writeHead(reply.status, { 'content-type': contentType, 'content-length': body.length });
  return body;
}

function sendHalf(scene: FaultScene, thenBreak: () => void): void {
  const body = startBody(scene);
  scene.response.write(body.subarray(0, body.length / 2), thenBreak);
}

/** Waits; the promise is false when the client leaves first. */
function pause(ms: number, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const left = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', left);
      resolve(true);
    }, ms);
    response.once('close', left);
  });
}
