import { expect, test } from '@jest/globals';
import { toOperations } from '../../src/app/vendor-operations.ts';
import { providers } from '../../src/providers/index.ts';

test.each(['', 'x', 'another:provider', '%'])(
  'an id that is none of the provider, such as %p from another replica, is REJECTED without a call',
  async (id) => {
    const fetchTask = () => Promise.reject(new Error('The vendor was asked.'));
    const call = { get: fetchTask };
    const [provider] = providers;
    if (!provider) throw new Error('There is no provider.');
    const toSame = (text: string): string => text;
    const redactions = { redact: toSame, redactData: toSame };
    const [tasks] = toOperations(provider, { fetchTask, fetchJobs: undefined }, redactions);
    await expect(tasks?.fetch([id], call)).rejects.toMatchObject({ name: 'LookupError', code: 'REJECTED' });
  },
);
