import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Key } from '../../src/domain/provider.ts';
import { toCanonicalQuery, toPath } from '../../src/vendor-http/query.ts';
import { findKeyFaults } from './keys.ts';
import { type LocalVendor, startLocalVendor } from './local-vendor.ts';

type ToTarget = (key: Key) => string;

const byPath: ToTarget = ({ taskId = '' }) => toPath('v1', 'tasks', taskId);
const byEncodedPath: ToTarget = ({ taskId = '' }) => `/v1/tasks/${encodeURIComponent(taskId)}`;
const byBarePath: ToTarget = ({ taskId = '' }) => `/v1/tasks/${taskId}`;
const byQuery: ToTarget = ({ taskId = '' }) => `/?${toCanonicalQuery({ taskId })}`;
const byBareQuery: ToTarget = ({ taskId = '' }) => `/?taskId=${taskId}`;
const byConstant: ToTarget = () => '/?taskId=task-1';
const refusing: ToTarget = ({ taskId = '' }) => {
  if (taskId !== 'task-1') throw new LookupError('REJECTED', 'No.');
  return '/?taskId=task-1';
};

describe('the check of what a key does to a request', () => {
  let vendor: LocalVendor;
  beforeAll(async () => {
    vendor = await startLocalVendor();
  });
  afterAll(() => vendor.close());

  const send = async (toTarget: ToTarget, key: Key) => {
    vendor.requests.length = 0;
    try {
      await fetch(`${vendor.url}${toTarget(key)}`);
      return { request: vendor.requests[0], error: undefined };
    } catch (error) {
      return { request: undefined, error };
    }
  };

  const faultsOf = async (toTarget: ToTarget, taskId: string) => {
    const usualKey = { taskId: 'task-1' };
    const { request } = await send(toTarget, usualKey);
    if (!request) throw new Error('The usual key made no request.');
    const key = { taskId };
    return findKeyFaults({ request, key: usualKey }, await send(toTarget, key), key, ['taskId']);
  };

  test.each(['task-2', 'a b', 'a%2Fb', '...', 'a:b', '?a=b'])(
    'lets %j stand in a path or a query',
    async (key) => {
      expect(await faultsOf(byPath, key)).toEqual([]);
      expect(await faultsOf(byQuery, key)).toEqual([]);
    },
  );

  test.each(['', '.', '..', 'a/b', '../b', '..\\'])(
    'wants %j refused where it would be a segment',
    async (key) => {
      expect(await faultsOf(byPath, key)).toEqual([]);
      expect(await faultsOf(byEncodedPath, key)).not.toEqual([]);
      expect(await faultsOf(byBarePath, key)).not.toEqual([]);
    },
  );

  test.each<[string, ToTarget, string, RegExp]>([
    ['steps up', byEncodedPath, '..', /made another request: \/v1\//],
    ['ends the path', byEncodedPath, '', /made another request: \/v1\/tasks\/|as a segment/],
    ['hides a slash', byEncodedPath, 'a/b', /"a\/b" as a segment/],
    ['adds a segment', byBarePath, 'a/b', /made another request: \/v1\/tasks\/a\/b/],
    ['adds a query', byBarePath, '?a=b', /made another request/],
    ['adds a parameter', byBareQuery, 'a&b=c', /made another request/],
    ['is left out', byConstant, 'task-2', /does not carry "task-2"/],
    ['is refused without need', refusing, '..', /did not ask the vendor/],
    [
      'is refused without need in a path',
      (key) => (key.taskId === 'x' ? refusing(key) : byPath(key)),
      'x',
      /did not ask/,
    ],
  ])('finds a key that %s', async (_what, toTarget, key, fault) => {
    expect((await faultsOf(toTarget, key)).join('\n')).toMatch(fault);
  });
});
