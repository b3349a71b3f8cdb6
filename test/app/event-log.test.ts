import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createEventLog } from '../../src/app/event-log.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const open = () => {
  const lines: { level: number; msg: string; account?: string }[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const clock = createFakeClock();
  return { lines, clock, log: createEventLog(logger, clock) };
};

const warn = 40;
const info = 30;

describe('The log', () => {
  test('warns at most once a minute about failures of Redis, with cause, effect and number', async () => {
    const { lines, clock, log } = open();
    for (let time = 0; time < 10; time += 1)
      log.redis({ kind: 'redis-lost', cause: 'the connection was refused.' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: warn,
      msg: expect.stringContaining('the connection was refused.'),
    });
    await clock.advance(60_000);
    log.redis({ kind: 'redis-lost', cause: 'it is full.' });
    expect(lines[1]?.msg).toMatch(/^Redis cannot be used \(10 times since the last report\): it is full\./);
  });

  test('reports how long Redis was unavailable', () => {
    const { lines, log } = open();
    log.redis({ kind: 'redis-back', afterMs: 2_340 });
    expect(lines).toMatchObject([{ level: info, msg: 'Redis works again, after 2.3 s.' }]);
  });

  test('warns when a replica makes calls by itself, with its share of the quota, and reports when that ends', () => {
    const { lines, log } = open();
    log.exchange({ kind: 'alone', account: 'zego-1', share: 1 / 6 });
    log.exchange({ kind: 'rejoined', account: 'zego-1', afterMs: 12_000 });
    expect(lines).toMatchObject([
      { level: warn, account: 'zego-1', msg: expect.stringContaining('within 17 % of the quota') },
      { level: info, account: 'zego-1', msg: expect.stringContaining('after 12.0 s') },
    ]);
  });

  test('reports why an account is handed over', () => {
    const { lines, log } = open();
    log.exchange({ kind: 'owner-handed-over', account: 'zego-1', why: 'wrong-credentials' });
    expect(lines[0]?.msg).toContain('the vendor refuses its credentials');
  });
});
