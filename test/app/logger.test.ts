import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, createRequestLog } from '../../src/app/logger.ts';
import { createRedactor } from '../../src/app/redact.ts';
import { createEventLog } from '../../src/observability/log-events.ts';
import { requestFinished } from '../observability/events.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** Every line of the log is JSON, and holds no secret. */

const secret = 'sec"ret\\with,"level":1';
const traceId = '0af7651916cd43dd8448eb211c80319c';

const open = (...secrets: string[]) => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'trace',
    redact: createRedactor(secrets),
    stream: { write: (line) => lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
};

const openRequests = (...secrets: string[]) => {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  return { log: createRequestLog({ redact: createRedactor(secrets), stream }), lines };
};

const request = { ...requestFinished, operation: 'a "b"\n\ud800' };

it('the line of a request is one as any other at info', () => {
  const { logger, last } = open();
  const requests = openRequests();
  createEventLog(logger, createFakeClock())(request);
  requests.log(request);
  expect(requests.lines.join('')).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(requests.lines.join(''))).toEqual({ ...last(), time: expect.any(Number) });
});

describe('a secret in a line of the log', () => {
  it.each<[string, unknown]>([
    ['a field', { field: `a ${secret} b` }],
    ['the name of a field', { [secret]: 1 }],
    ['a list', { list: [{ deep: secret }] }],
    ['an error', { err: new Error(`about ${secret}`) }],
    ['the cause of an error', { err: new Error('a', { cause: new Error(secret) }) }],
    ['a field of an error', { err: Object.assign(new Error('a'), { url: `http://x/?a=${secret}` }) }],
  ])('is redacted in %s, and the line stays JSON', (_, fields) => {
    const { logger, lines, last } = open(secret);
    logger.warn(fields as object, 'What happened');
    expect(last().msg).toBe('What happened');
    expect(lines.join('')).not.toContain('ret');
    expect(lines).toHaveLength(1);
  });

  it('is redacted in the message, in what is put into it, and in the fields of a child', () => {
    const { logger, lines, last } = open(secret);
    logger.child({ request: secret }).info('%s and %j', secret, { a: secret });
    expect(last()).toMatchObject({ request: '[redacted]', level: 30 });
    expect(lines.join('')).not.toContain('ret');
  });

  it('is redacted in what clients say of a request', () => {
    const { log, lines } = openRequests(secret, traceId);
    const names = { operation: secret, clientName: `a ${secret}`, clientVersion: secret };
    for (let n = 0; n < 2; n += 1) log({ ...request, ...names, trace: `00-${traceId}-b7ad6b7169203331-01` });
    const shown = { operation: '[redacted]', clientName: 'a [redacted]', clientVersion: '[redacted]' };
    const expected = expect.objectContaining({ ...shown, traceId: '[redacted]', bytes: 512 });
    expect(lines.map((line) => JSON.parse(line))).toEqual([expected, expected]);
  });

  it('may be any text without a line that is not JSON', () => {
    const anySecret = fc.string({ minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(anySecret, fc.string(), (any, around) => {
        const { logger, last } = open(any);
        logger.info({ field: `${around}${any}` }, 'Text');
        expect(String(last().field)).not.toContain(any);
      }),
      { numRuns: 300 },
    );
  });

  it('is redacted where it is a number', () => {
    const { logger, last } = open('1234567890');
    logger.info({ account: 1_234_567_890, other: 5 }, 'Text');
    expect(last()).toMatchObject({ account: '[redacted]', other: 5 });
  });
});

it('bytes are not logged: nobody can search them for secrets', () => {
  const { logger, lines, last } = open();
  logger.trace({ err: Object.assign(new Error('a'), { rawPacket: Buffer.from('hidden') }) }, 'client error');
  expect(last().msg).toBe('client error');
  expect(lines.join('')).not.toContain([...Buffer.from('hidden')].join(','));
});

it('the value of a header or parameter that is called like a secret is not logged', () => {
  const { logger, lines } = open();
  logger.info({ headers: { authorization: 'Basic hidden', 'router-authorization': 'hidden' } }, 'Text');
  logger.info(
    { headers: { Authorization: { nested: 'hidden' } }, parameters: { Signature: 'hidden' } },
    'Text',
  );
  expect(lines.join('')).not.toContain('hidden');
});
