import { randomUUID } from 'node:crypto';
import type { RefusalKind, Reply } from '../vendor.ts';

/**
 * The vendor's codes, which come with HTTP 200 unless something inside it fails (docs.visionular.cn/mps/api).
 * It documents no rate limit; 1005 with HTTP 429 is made up.
 */
const refusals = {
  1000: [500, 'internal error'],
  1001: [200, 'lack param'],
  1002: [200, 'bad param'],
  1003: [200, 'auth fail'],
  1004: [200, 'empty result'],
  1005: [429, 'too many requests'],
} as const;

type RefusalCode = keyof typeof refusals;

const codeOfKind: Record<RefusalKind, RefusalCode> = {
  throttled: 1005,
  wrongCredentials: 1003,
  internalError: 1000,
  unavailable: 1000,
};

export function succeed(data: object): Reply {
  return { status: 200, body: { code: 0, data, msg: 'success', request_id: randomUUID() } };
}

export function refuse(code: RefusalCode): Reply {
  return { ...describe(code), refusedFor: String(code) };
}

export function refuseAs(kind: RefusalKind): Reply {
  const refusal = refuse(codeOfKind[kind]);
  return kind === 'unavailable' ? { ...refusal, status: 503 } : refusal;
}

/** An answer in the form of an error: to a question about a task that does not exist. */
export function answerNoSuchTask(): Reply {
  return describe(1004);
}

function describe(code: RefusalCode): Reply {
  const [status, msg] = refusals[code];
  return { status, body: { code, msg, data: null, request_id: randomUUID() } };
}
