import { expect } from '@jest/globals';
import { createJumpingClock } from './jumping-clock.ts';
import { selectEverything } from './selection.ts';
import { openStack } from './stack.ts';

/** A stack in which the sandbox's tasks have known times: each was created at 02:54:05 on 2026-01-02, UTC. */
export const openDatedStack = async () => {
  const stack = await openStack({ clock: createJumpingClock(Date.parse('2026-01-02T03:04:05.000Z')) });
  return {
    close: stack.close,
    /** All fields of a task. */
    selectAllFields: async (typename: string, id: string): Promise<object> => {
      const query = `query ($id: ID!) { mediaTask(id: $id) { __typename ... on ${typename} ${selectEverything(typename)} } }`;
      const { data, errors } = await stack.ask<{ mediaTask: object }>(query, { id });
      expect(errors).toBeUndefined();
      return data.mediaTask;
    },
  };
};

/** The common fields of every final task with a new answer. */
export const justAnswered = {
  isFinal: true,
  fetchedAt: expect.stringMatching(/^2026-01-02T03:0[45]:\d\d\.\d{3}Z$/),
  stale: false,
  nextPollAfterMs: null,
  problem: null,
};

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
