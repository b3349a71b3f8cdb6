import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createKnownRequests, type SentRequest } from '../../src/fast-lane/known-requests.ts';

const post = (text: string, accept?: string): SentRequest => ({
  method: 'POST',
  headers: accept === undefined ? {} : { accept },
  text,
});

const open = (maxBytes = 100_000) => createKnownRequests<object>(maxBytes);

describe('a request that is sent again', () => {
  it('is known by its method, its text and what its client accepts', () => {
    const known = open();
    const answer = {};
    known.keep(post('text', 'application/json'), answer);
    expect(known.find(post('text', 'application/json'))).toBe(answer);
    expect(known.find(post('text', 'text/html'))).toBeUndefined();
    expect(known.find(post('text'))).toBeUndefined();
    expect(known.find({ ...post('text', 'application/json'), method: 'GET' })).toBeUndefined();
    expect(known.find(post('other', 'application/json'))).toBeUndefined();
  });

  it('is not taken for another one of the same checksum', () => {
    expect(crc32('plumless')).toBe(crc32('buckeroo'));
    const known = open();
    known.keep(post('plumless'), {});
    expect(known.find(post('buckeroo'))).toBeUndefined();
  });

  it('is forgotten first when it was sent least recently, and others need its room', () => {
    const known = open(10_000);
    const answers = Array.from({ length: 100 }, () => ({}));
    for (const [n, answer] of answers.entries()) {
      known.keep(post(`text ${n}`), answer);
      known.find(post('text 0'));
    }
    const found = answers.map((_, n) => known.find(post(`text ${n}`)) !== undefined);
    expect([found[0], found[1], found[99]]).toEqual([true, false, true]);
    expect(found.filter(Boolean).length).toBeLessThan(20);
  });
});
