import { describe, expect, test } from '@jest/globals';
import { readRedisTarget } from '../../../src/exchange/redis/target.ts';

describe('the address of Redis', () => {
  test.each([
    ['redis://example.org', { host: 'example.org', port: 6379, db: 0 }],
    [
      'redis://me:p%40ss:word@example.org:7000/3',
      { host: 'example.org', port: 7000, db: 3, username: 'me', password: 'p@ss:word' },
    ],
    ['redis://:secret@[::1]:7000', { host: '::1', port: 7000, db: 0, password: 'secret' }],
    ['rediss://example.org', { host: 'example.org', port: 6379, db: 0, tls: {} }],
    ['unix:/run/redis.sock?db=2', { path: '/run/redis.sock', db: 2 }],
    ['unix:///run/redis.sock', { path: '/run/redis.sock', db: 0 }],
    ['/run/redis.sock', { path: '/run/redis.sock', db: 0 }],
    [
      'redis-sentinel://:secret@one,two:7000/main?db=1',
      {
        sentinels: [
          { host: 'one', port: 26379 },
          { host: 'two', port: 7000 },
        ],
        failoverDetector: true,
        name: 'main',
        db: 1,
        password: 'secret',
      },
    ],
  ])('%s is one server', (url, options) => {
    expect(readRedisTarget(url)).toEqual({ kind: 'single', options, database: options.db });
  });

  test.each(['redis://:secret@one:7000,two:7001', 'redis://:secret@one:7000,redis://:secret@two:7001'])(
    '%s is a cluster',
    (url) => {
      expect(readRedisTarget(url)).toEqual({
        kind: 'cluster',
        nodes: [
          { host: 'one', port: 7000 },
          { host: 'two', port: 7001 },
        ],
        options: { password: 'secret' },
        database: 0,
      });
    },
  );

  test('has its own certificates beside those that Node trusts', () => {
    const { options } = readRedisTarget('rediss://example.org', 'OWN');
    expect(options.tls?.ca).toContain('OWN');
    expect(options.tls?.ca?.length).toBeGreaterThan(10);
  });

  test.each([
    'example.org',
    'http://example.org',
    'redis://',
    'redis://host/name',
    'redis://a,b/1',
    'redis-sentinel://somewhere',
    'redis://h:port',
  ])('%s is none, and the message does not repeat it', (url) => {
    expect(() => readRedisTarget(url)).toThrow(/^must /);
    expect(() => readRedisTarget(url)).not.toThrow(url);
  });
});
