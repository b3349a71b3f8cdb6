import { expect, test } from '@jest/globals';
import { createDataRedactor } from '../../src/app/redact.ts';
import { toOperations } from '../../src/app/vendor-operations.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { Call, Provider, VendorRequest } from '../../src/domain/provider.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import type { TimeSlices } from '../../src/graphql/time-slices.ts';
import { providers } from '../../src/providers/index.ts';

const toSame = (text: string): string => text;
const unredacted = { redact: toSame, redactData: toSame };
const atOnce = { pause: () => undefined };

const openTasks = (
  fetchTask: (call: Call) => Promise<Snapshot | null>,
  redactions = unredacted,
  { slices = atOnce, body = '' }: { slices?: Pick<TimeSlices, 'pause'>; body?: string } = {},
): { readonly fetch: () => Promise<unknown>; readonly id: string } => {
  const provider = providers.find(({ keyFields }) => keyFields.length === 1) as Provider;
  const id = `${provider.name}:a`;
  const operations = toOperations(
    provider,
    { fetchTask: (_, call) => fetchTask(call), fetchJobs: undefined },
    redactions,
    slices,
  );
  const call: Call = { get: () => Promise.resolve({ status: 200, header: () => undefined, body }) };
  return { id, fetch: async () => (await operations[0]?.fetch([id], call))?.get(id) };
};

test.each(['', 'x', 'another:provider', '%'])(
  'an id that is none of the provider, such as %p from another replica, is REJECTED without a call',
  async (id) => {
    const fetchTask = () => Promise.reject(new Error('The vendor was asked.'));
    const call = { get: fetchTask };
    const [provider] = providers;
    if (!provider) throw new Error('There is no provider.');
    const [tasks] = toOperations(provider, { fetchTask, fetchJobs: undefined }, unredacted, atOnce);
    await expect(tasks?.fetch([id], call)).rejects.toMatchObject({ name: 'LookupError', code: 'REJECTED' });
  },
);

const signed: readonly (readonly [where: string, request: VendorRequest, signature: string])[] = [
  ['a query', { url: 'https://vendor.example/?Key=k&Signature=abc%2Bdef%3D' }, 'abc+def='],
  [
    'the fields of a header',
    {
      url: 'https://vendor.example/',
      headers: { authorization: 'HMAC-SHA256 Credential=key/scope, Signature=0a1b2c3d' },
    },
    '0a1b2c3d',
  ],
  [
    'a header that is nothing else',
    { url: 'https://vendor.example/', headers: { authorization: 'Basic a2V5OnNlY3JldA==' } },
    'a2V5OnNlY3JldA==',
  ],
];

test.each(signed)(
  'a signature in %s of a request is not shown when the vendor repeats it, in data or in an error',
  async (_, request, signature) => {
    const said = `You sent ${signature}!`;
    const answered = openTasks(async (call) => {
      await call.get(request);
      return { vendorStatus: 'fine', failure: { code: said } } as unknown as Snapshot;
    });
    expect(await answered.fetch()).toEqual({
      vendorStatus: 'fine',
      failure: { code: 'You sent [redacted]!' },
    });
    const refused = openTasks(async (call) => {
      await call.get(request);
      throw new LookupError('REJECTED', said);
    });
    await expect(refused.fetch()).rejects.toMatchObject({ message: 'You sent [redacted]!' });
  },
);

test('a secret of ours in what a vendor says of a task is not shown, and what holds none is not copied', async () => {
  const snapshots = [{ outputs: [{ objectKey: 'the-secret/a.mp4' }] }, { outputs: [{ objectKey: 'a.mp4' }] }];
  const redactions = { redact: toSame, redactData: createDataRedactor(['the-secret']) };
  const [echoed, harmless] = snapshots.map((snapshot) =>
    openTasks(() => Promise.resolve(snapshot as unknown as Snapshot), redactions),
  );
  expect(await echoed?.fetch()).toEqual({ outputs: [{ objectKey: '[redacted]/a.mp4' }] });
  expect(await harmless?.fetch()).toBe(snapshots[1]);
});

test.each([
  [
    'a long answer is read, looked through and kept in turns',
    150_000,
    ['turn', 'read', 'turn', 'redact', 'turn', 'redact', 'turn'],
  ],
  ['a short answer waits for no turn', 99_000, ['read', 'redact']],
])('%s', async (_, length, expected) => {
  const steps: string[] = [];
  const redactData = (text: string): string => {
    steps.push('redact');
    return text;
  };
  const pause = async (): Promise<void> => {
    steps.push('turn');
  };
  const tasks = openTasks(
    async (call) => {
      await call.get({ url: 'https://vendor.example/' });
      steps.push('read');
      return { vendorStatus: 'x'.repeat(length) } as Snapshot;
    },
    { redact: toSame, redactData },
    { slices: { pause }, body: 'x'.repeat(length) },
  );
  await tasks.fetch();
  expect(steps).toEqual(expected);
});

test('a secret is not shown wherever it is in a long text', async () => {
  const redactions = { redact: toSame, redactData: createDataRedactor(['the-secret']) };
  for (let before = 99_970; before < 100_000; before += 1) {
    const vendorStatus = `${'x'.repeat(before)}the-secret${'x'.repeat(100_000)}`;
    const tasks = openTasks(() => Promise.resolve({ vendorStatus } as Snapshot), redactions);
    expect(JSON.stringify(await tasks.fetch())).toContain('x[redacted]x');
  }
});
