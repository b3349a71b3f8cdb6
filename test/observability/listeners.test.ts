import { expect, it } from '@jest/globals';
import type { AppEvent } from '../../src/domain/events.ts';
import { toEmit } from '../../src/observability/listeners.ts';

it('Neither who tells of something nor the other listeners notice that one listener fails', () => {
  const heard: AppEvent[] = [];
  const errors: unknown[] = [];
  const error = new Error('A bug in a listener.');
  const fail = () => {
    throw error;
  };
  const emit = toEmit([fail, (event) => heard.push(event)], (thrown) => errors.push(thrown));
  emit({ kind: 'queue-conflated' });
  expect(heard).toEqual([{ kind: 'queue-conflated' }]);
  expect(errors).toEqual([error]);
});
