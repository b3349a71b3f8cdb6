import { describe, expect, test } from '@jest/globals';
import { readVendorRequest } from '../../sandbox/request.ts';

const read = (url: string) =>
  readVendorRequest({ method: 'GET', url, headers: {} }, '/v1/rooms/:room/tasks/:task');

describe('A vendor with parameters in its path', () => {
  test('is asked for what the path and the query name, decoded', () => {
    const { isKnownPath, parameters, flaw } = read('/v1/rooms/a%2Fb&+/tasks/%E4%BB%BB?expand=all');
    expect(isKnownPath).toBe(true);
    expect(Object.fromEntries(parameters)).toEqual({ room: 'a/b&+', task: '任', expand: 'all' });
    expect(flaw).toBeUndefined();
  });

  test.each(['/v1/rooms/a/tasks/', '/v1/rooms/a/tasks/1/2', '/v2/rooms/a/tasks/1', '/v1/rooms/a/tasks/%ff'])(
    'does not know the path %s',
    (url) => expect(read(url).isKnownPath).toBe(false),
  );

  test('takes a parameter of the path that the query repeats for an invalid request', () => {
    expect(read('/v1/rooms/a/tasks/1?task=2').flaw).toBe('A parameter is sent twice.');
  });
});
