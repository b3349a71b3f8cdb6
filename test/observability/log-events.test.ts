import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AppEvent, RequestFinished, VendorCallFinished } from '../../src/domain/events.ts';
import { createEventLog } from '../../src/observability/log-events.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { account, requestFinished } from './events.ts';

const warn = 40;
const info = 30;
const error = 50;

const open = () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const clock = createFakeClock();
  return { lines, clock, log: createEventLog(logger, clock) };
};

const messageOf = (event: AppEvent): unknown => {
  const { lines, log } = open();
  log(event);
  return lines[0]?.msg;
};

const request: RequestFinished = {
  ...requestFinished,
  durationMs: 3.08,
  clientName: 'dashboard',
  clientVersion: '1.2',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const failedCall: VendorCallFinished = {
  kind: 'vendor-call-finished',
  typename: 'ZegoMediaTask',
  items: 1,
  failure: {
    code: 'RATE_LIMITED',
    message: 'The vendor throttles.',
    vendorCode: '2',
    vendorRequestId: 'request-1',
    retryAfterMs: 6_200,
  },
  durationMs: 41.25,
  status: 200,
  bytes: 80,
  host: 'rtc-api.zego.im',
  attempt: 1,
  isRenewal: false,
  replicas: 1,
};

describe('The log', () => {
  test('has one line for a request, with what an operator asks first', () => {
    const { lines, log } = open();
    log(request);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: info,
      msg: 'Request',
      operation: 'Tasks',
      transport: 'http',
      outcome: 'ok',
      status: 200,
      durationMs: 3.1,
      bytes: 512,
      tasks: { OK: 3, RATE_LIMITED: 1 },
      isFastLane: false,
      clientName: 'dashboard',
      clientVersion: '1.2',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  });

  test('cuts what clients choose, and takes no trace id that is none', () => {
    const { lines, log } = open();
    log({ ...request, operation: 'o'.repeat(10_000), clientName: '\ud800'.repeat(200), trace: '00-x-y-01' });
    expect(String(lines[0]?.operation)).toHaveLength(100);
    expect(lines[0]?.clientName).toBe('\ufffd'.repeat(100));
    expect(lines[0]).not.toHaveProperty('traceId');
  });

  test('warns of a failed call with provider, account, codes, and what follows from it', () => {
    const { lines, log } = open();
    log({ ...failedCall, account });
    expect(lines[0]).toMatchObject({
      level: warn,
      provider: 'zego',
      account: 'zego-0123456789ab',
      code: 'RATE_LIMITED',
      vendorCode: '2',
      vendorRequestId: 'request-1',
      durationMs: 41.3,
      msg: expect.stringMatching(/throttles the account and asks for 6\.2 s without a call/),
    });
  });

  test('says nothing of calls that succeed', () => {
    const { lines, log } = open();
    log({ ...failedCall, failure: undefined, account });
    expect(lines).toEqual([]);
  });

  test('writes a repeated failure once, and then once a minute with the number of further ones', async () => {
    const { lines, clock, log } = open();
    for (let time = 0; time < 10; time += 1) log({ ...failedCall, account });
    log({ ...failedCall, account: { provider: 'visionular', id: 'visionular-1' } });
    expect(lines.map(({ provider }) => provider)).toEqual(['zego', 'visionular']);
    await clock.advance(60_000);
    expect(lines.slice(2)).toMatchObject([
      {
        level: warn,
        provider: 'zego',
        more: 9,
        msg: expect.stringMatching(/ \(9 more in the last minute\)$/),
      },
    ]);
    await clock.advance(60_000);
    log({ ...failedCall, account });
    expect(lines).toHaveLength(4);
  });

  test('writes at most some hundred lines a minute, however many different failures there are', async () => {
    const { lines, clock, log } = open();
    for (let n = 0; n < 1_000; n += 1) {
      log({ ...failedCall, failure: { code: 'REJECTED', message: 'No.', vendorCode: `${n}` }, account });
    }
    expect(lines).toHaveLength(201);
    await clock.advance(60_000);
    expect(lines).toHaveLength(202);
    expect(lines.at(-1)).toMatchObject({ more: 799 });
  });

  test('warns of refused clients with the rule, once a minute for each', () => {
    const { lines, log } = open();
    for (let time = 0; time < 1_000; time += 1) {
      log({ kind: 'request-refused', transport: 'http', rule: 'router-authorization' });
      log({ kind: 'request-refused', transport: 'http', rule: 'limit', limit: 'aliases' });
    }
    expect(lines).toMatchObject([
      { level: warn, rule: 'router-authorization', msg: expect.stringContaining('Router-Authorization') },
      { level: warn, rule: 'limit', limit: 'aliases', msg: expect.stringContaining('"aliases"') },
    ]);
  });

  test('writes an error of this program with its stack, and the same one no more than once a minute', async () => {
    const { lines, clock, log } = open();
    for (let time = 0; time < 5; time += 1) log({ kind: 'unhandled-error', error: new TypeError('A bug.') });
    log({ kind: 'unhandled-error', error: new TypeError('Another bug.') });
    expect(lines).toMatchObject([
      {
        level: error,
        msg: 'Unhandled error',
        err: { message: 'A bug.', stack: expect.stringContaining('at ') },
      },
      { level: error, err: { message: 'Another bug.' } },
    ]);
    await clock.advance(60_000);
    expect(lines.slice(2)).toMatchObject([{ level: error, more: 4, err: { message: 'A bug.' } }]);
  });

  test('says why there was no permit, in the words that clients see', () => {
    const refused = {
      kind: 'permit-refused',
      reason: 'own-quota',
      message: 'The quota of 10 calls a second is used up: 214 tasks wait, the next free call is in 6.2 s.',
      retryAfterMs: 6_200,
      waiting: 214,
      quota: { calls: 10, perMs: 1_000 },
      account,
    } as const;
    expect(messageOf(refused)).toMatch(/^A task says RATE_LIMITED: The quota of 10 .* is in 6\.2 s\.$/);
  });

  test('says for how long the circuit is open and after how many failures, and when it has closed', () => {
    const { lines, log } = open();
    const change = { kind: 'breaker-changed', account } as const;
    log({ ...change, from: 'CLOSED', to: 'OPEN', openForMs: 1_000, outages: 8, calls: 10 });
    log({ ...change, from: 'HALF_OPEN', to: 'CLOSED', openForMs: 0, outages: 0, calls: 0 });
    expect(lines).toMatchObject([
      { level: warn, msg: expect.stringMatching(/open for 1\.0 s after 8 failures in 10 calls/) },
      { level: info, msg: expect.stringContaining('the vendor works again') },
    ]);
  });

  test('says that credentials are wrong, that access is refused, and that the clock is wrong, differently', () => {
    const failed = (failure: VendorCallFinished['failure']) => messageOf({ ...failedCall, failure, account });
    const message = 'No.';
    expect(failed({ code: 'ACCESS_DENIED', message, reason: 'wrong-credentials' })).toMatch(
      /Correct the key/,
    );
    expect(failed({ code: 'ACCESS_DENIED', message })).toMatch(/credentials are right/);
    expect(failed({ code: 'ACCESS_DENIED', message, reason: 'wrong-time' })).toMatch(/Correct the clock/);
    expect(messageOf({ kind: 'clock-skew', offsetMs: 600_000, account })).toMatch(/600\.0 s behind/);
  });

  test('warns about Redis at once with cause and effect, and reports how long it was away', async () => {
    const { lines, clock, log } = open();
    for (let time = 0; time < 10; time += 1) log({ kind: 'redis-lost', cause: 'it is full.' });
    log({ kind: 'redis-back', afterMs: 2_340 });
    await clock.advance(60_000);
    expect(lines).toMatchObject([
      { level: warn, msg: expect.stringMatching(/^Redis cannot be used: it is full\. Until it can/) },
      { level: info, msg: 'Redis works again, after 2.3 s.' },
      { level: warn, msg: expect.stringMatching(/\(9 more in the last minute\)$/) },
    ]);
  });

  test('warns when a replica makes calls by itself, with its share of the quota, and reports when that ends', () => {
    const { lines, log } = open();
    log({ kind: 'alone', account, share: 1 / 6 });
    log({ kind: 'rejoined', account, afterMs: 12_000 });
    expect(lines).toMatchObject([
      { level: warn, account: account.id, msg: expect.stringContaining('within 17 % of the quota') },
      { level: info, account: account.id, msg: expect.stringContaining('after 12.0 s') },
    ]);
  });

  test('reports why an account is handed over', () => {
    expect(messageOf({ kind: 'lease-handed-over', account, why: 'wrong-credentials' })).toContain(
      'the vendor refuses its credentials',
    );
  });
});
