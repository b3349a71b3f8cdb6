import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readBody } from '../../src/vendor-http/body.ts';

test('A long answer that is all there is read in many turns of the event loop', async () => {
  const chunk = Buffer.alloc(65_536, 'x');
  const chunks = Array.from({ length: 30 }, () => chunk);
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const body = await readBody(Readable.from(chunks));
  clearImmediate(counting);
  expect(body).toBe(String(chunk).repeat(30));
  expect(turns).toBeGreaterThanOrEqual(10);
});

test('A byte order mark is left out, even where it arrives in pieces', async () => {
  const bytes = Buffer.from('\ufeff{"a":"\ufeff"}');
  expect(await readBody(Readable.from([bytes]))).toBe('{"a":"\ufeff"}');
  expect(await readBody(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]))).toBe('{"a":"\ufeff"}');
});
