import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { createKnownRequests, type SentRequest } from '../../src/fast-lane/known-requests.ts';

const sent = (text: Buffer | string, accept?: string): SentRequest => ({
  method: typeof text === 'string' ? 'GET' : 'POST',
  headers: accept === undefined ? {} : { accept },
  text,
});

const post = (text: string, accept?: string): SentRequest => sent(Buffer.from(text), accept);

const open = (maxBytes = 100_000) => createKnownRequests<object>(maxBytes);

describe('a request that is sent again', () => {
  it('is known by its bytes and by what its client accepts', () => {
    const known = open();
    const [body, address] = [{}, {}];
    known.keep(post('text', 'application/json'), body);
    known.keep(sent('/graphql?query=x'), address);
    expect(known.find(post('text', 'application/json'))).toBe(body);
    expect(known.find(sent('/graphql?query=x'))).toBe(address);
    expect(known.find(post('text', 'text/html'))).toBeUndefined();
    expect(known.find(post('text'))).toBeUndefined();
    expect(known.find(post('other', 'application/json'))).toBeUndefined();
  });

  it('is not taken for another one of the same checksum', () => {
    expect(crc32('plumless')).toBe(crc32('buckeroo'));
    const known = open();
    known.keep(post('plumless'), {});
    expect(known.find(post('buckeroo'))).toBeUndefined();
    expect(known.find(sent('plumless'))).toBeUndefined();
  });

  it('is known after the memory it was received in is used again', () => {
    const known = open();
    const received = Buffer.from('text');
    const answer = {};
    known.keep(sent(received), answer);
    received.fill('x');
    expect(known.find(post('text'))).toBe(answer);
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
