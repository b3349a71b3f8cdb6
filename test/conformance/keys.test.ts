import { describe, expect, test } from '@jest/globals';
import { LookupError } from '../../src/domain/errors.ts';
import type { Key } from '../../src/domain/provider.ts';
import { toCanonicalQuery, toPath } from '../../src/vendor-http/query.ts';
import { findKeyFaults } from './keys.ts';

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

const usualKey = { taskId: 'task-1' };

const attempt = (toTarget: ToTarget, key: Key) => {
  try {
    return { request: { url: `https://vendor.example${toTarget(key)}` }, error: undefined };
  } catch (error) {
    return { request: undefined, error };
  }
};

const faultsOf = (toTarget: ToTarget, taskId: string) => {
  const { request } = attempt(toTarget, usualKey);
  if (!request) throw new Error('The usual key made no request.');
  return findKeyFaults({ request, key: usualKey }, attempt(toTarget, { taskId }), { taskId }, ['taskId']);
};

describe('the check of a key in a request', () => {
  test.each(['task-2', 'a b', 'a%2Fb', '...', 'a:b', '?a=b'])('accepts %j in a path or a query', (key) => {
    expect(faultsOf(byPath, key)).toEqual([]);
    expect(faultsOf(byQuery, key)).toEqual([]);
  });

  test.each(['', '.', '..', 'a/b', '../b', '..\\'])('requires %j to be refused as a segment', (key) => {
    expect(faultsOf(byPath, key)).toEqual([]);
    expect(faultsOf(byEncodedPath, key)).not.toEqual([]);
    expect(faultsOf(byBarePath, key)).not.toEqual([]);
  });

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
  ])('finds a key that %s', (_what, toTarget, key, fault) => {
    expect(faultsOf(toTarget, key).join('\n')).toMatch(fault);
  });
});
