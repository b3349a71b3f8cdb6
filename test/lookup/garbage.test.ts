import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeWithRedis } from '../support/redis.ts';
import { entryOf, outputOf, problemCodes, refOf, snapshotOf, statuses } from './builders.ts';
import { closeReplicas, openReplicasWithRedis } from './replica-lookups.ts';

afterEach(closeReplicas);

const ref = refOf();

describeWithRedis('Whatever stands in Redis', () => {
  const entry = { ...entryOf(snapshotOf('RUNNING', { outputs: [outputOf()] }), Date.now()) };

  /** An entry with one of its values replaced by something else. */
  const anyBrokenEntry = fc
    .tuple(
      fc.constantFrom('', 'snapshot.status', 'snapshot.outputs', 'snapshot', 'fetchedAt', 'checkedAt'),
      fc.jsonValue(),
    )
    .map(([path, value]) => {
      if (path === '') return value;
      const [first = '', second] = path.split('.');
      return { ...entry, [first]: second ? { ...entry.snapshot, [second]: value } : value };
    });
  const anyFailure = fc.record({
    code: fc.oneof(fc.constant('UNAVAILABLE'), fc.string(), fc.jsonValue()),
    message: fc.oneof({ weight: 3, arbitrary: fc.constant('No.') }, { weight: 1, arbitrary: fc.jsonValue() }),
    details: fc.jsonValue(),
  });

  test.each([
    ['entry', anyBrokenEntry],
    ['failure', anyFailure],
  ])(
    'as the %s of a task, no question fails because of it, and no answer has both data and a problem',
    async (what, any) => {
      const { redis, replicas } = await openReplicasWithRedis();
      await fc.assert(
        fc.asyncProperty(any, async (value) => {
          await redis.flush();
          await redis.client.set(`media-tasks:1:${what}:${ref.id}`, JSON.stringify(value), 'PX', 60_000);
          await redis.client.set(`media-tasks:1:fresh:${ref.id}`, '1', 'PX', 60_000);
          const task = await replicas[0].restart().find(ref);
          expect(task.problem === null).toBe(typeof task.fetchedAt === 'string');
          expect([...problemCodes, ...statuses]).toContain(task.problem?.code ?? task.status ?? 'UNKNOWN');
        }),
        { numRuns: 100 },
      );
    },
  );

  test.each(['entry', 'fresh', 'lease', 'failure'])(
    'under the key of a %s, the vendor can be asked',
    async (what) => {
      const { redis, replicas } = await openReplicasWithRedis();
      await redis.client.rpush(`media-tasks:1:${what}:${ref.id}`, 'not a text');
      for (let time = 0; time < 5; time++) {
        expect(await replicas[0].restart().find(ref)).toMatchObject({ status: 'RUNNING', problem: null });
      }
    },
  );
});
