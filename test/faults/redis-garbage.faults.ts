import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ProviderName } from '../../sandbox/index.ts';
import { readSealed, toSealed } from '../../src/exchange/codec.ts';
import { type AccountKeys, createAccountKeys } from '../../src/exchange/keys.ts';
import { readRecord } from '../../src/exchange/lease/lease-record.ts';
import { shape } from '../../src/exchange/shape.ts';
import { describeWithRedis } from '../support/redis.ts';
import { expectNoViolations } from './support/checks.ts';
import { type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { ask, newId } from './support/load.ts';
import { sleep, until } from './support/time.ts';

/** Under the keys and on the channels of a running replica stands what is not ours: it is a miss, and heals. */

const provider: ProviderName = 'zego';
const typename = 'ZegoMediaTask';

const keepMs = 60_000;
const running = { status: 'RUNNING', kind: 'VIDEO_TRANSCODE', outputs: [] };

/** An answer as it is stored, but for what is wrong with it. */
const toAnswer = (content: unknown, others: object = {}): string =>
  toSealed({ shape, keepMs, fetchedAgeMs: 0, checkedAgeMs: 0, content, ...others });

describeWithRedis('A replica whose Redis holds garbage', () => {
  let deployment: Deployment;
  let keys: AccountKeys;
  beforeAll(async () => {
    deployment = await openDeployment({ redis: true, deadlineMs: 3_000 });
    await warmUp(deployment, 5);
    const [lease] = (await deployment.redis.command('KEYS', `media-tasks:lease:{${provider}-*}`)) as string[];
    const account = /\{(.+)\}/.exec(lease ?? '')?.[1] ?? '';
    keys = createAccountKeys(account, 0);
    expect(keys.lease).toBe(lease);
  });
  beforeEach(() => deployment.vendors.resetStats());
  afterAll(() => deployment?.close());

  const askFor = async (id: string) => {
    const sample = await ask(deployment.urls[0] ?? '', askOne(id));
    await expectNoViolations(deployment, [sample]);
    return sample.tasks[0];
  };
  /** Stores a text under the key of a new task, as if it had been written just now. */
  const store = async (text: string): Promise<{ id: string; key: string }> => {
    const id = newId(provider);
    const key = keys.answer({ typename, id }, shape);
    await deployment.redis.command('SET', key, text, 'PX', keepMs - 100);
    return { id, key };
  };

  test('takes an answer of ours for one, without a call', async () => {
    const { id } = await store(toAnswer(running));
    expect(await askFor(id)).toMatchObject({ status: 'RUNNING', problem: null });
    expect((await deployment.vendors.arrivals())[provider] ?? []).toHaveLength(0);
  });

  test.each<[string, string]>([
    ['has a seal that does not fit', `0123456789abcdef${toAnswer(running).slice(16)}`],
    ['is of a shape that nobody knows', toAnswer(running, { shape: 999 })],
    ['has outputs that are null', toAnswer({ ...running, outputs: [null] })],
    ['has a content that is a text', toAnswer('RUNNING')],
    ['has an age that is a text', toAnswer(running, { checkedAgeMs: 'new' })],
    ['has more life left than it was given', toAnswer(running, { keepMs: keepMs - 10_000 })],
    ['is longer than any of ours', toAnswer({ ...running, padding: 'x'.repeat(5_000_000) })],
  ])('takes an answer that %s for a miss, and replaces it', async (_what, text) => {
    const { redis, vendors } = deployment;
    const { id, key } = await store(text);
    const task = await askFor(id);
    expect(task).toMatchObject({ problem: null, stale: false });
    // The vendor was asked, although something stood where the answer above was found.
    expect((await vendors.arrivals())[provider]).toHaveLength(1);
    const stored = String(await redis.command('GET', key));
    expect(readSealed(stored)).toMatchObject({ shape, content: { status: task?.status } });
  });

  test.each<[string, readonly string[]]>([
    ['a text', ['SET', 'garbage']],
    ['a record without a seal', ['SET', `lease ${'a'.repeat(36)} 7 7 {}`]],
    ['a record of an owner that does not exist', ['SET', `lease ${'a'.repeat(36)} 7 7 ${toSealed({})}`]],
    ['a list', ['RPUSH', 'garbage']],
    ['a hash', ['HSET', 'owner', 'garbage']],
  ])(
    'owns its account again after %s stood in the place of its lease',
    async (_what, [command = '', ...values]) => {
      const { redis } = deployment;
      await redis.command('DEL', keys.lease);
      await redis.command(command, keys.lease, ...values);
      const readLease = async () =>
        readRecord(String(await redis.command('GET', keys.lease).catch(() => '')));
      await until(async () => (await readLease())?.state.isListening === true, {
        withinMs: 8_000,
        what: 'a lease of ours',
      });
      await until(async () => (await askFor(newId(provider)))?.problem === null, {
        withinMs: 5_000,
        what: 'an answer',
      });
    },
  );

  test('does not mind messages that are not ours, on any channel', async () => {
    const { redis, vendors } = deployment;
    const id = newId(provider);
    expect((await askFor(id))?.problem).toBeNull();
    const texts = [
      'garbage',
      'heartbeat {}',
      `wants ${toSealed({ from: 'somebody', wants: [[null, 7], 'x'] })}`,
      `answer somebody ${typename} ${encodeURIComponent(id)} ${toAnswer({ status: 'PAUSED' })}`,
      `failure somebody ${typename} ${encodeURIComponent(id)} ${toSealed({ error: { code: 'ON_STRIKE' }, restMs: 1e300 })}`,
      `refusals somebody ${toSealed({ refusals: 7 })}`,
      'lease - 1 1 garbage',
      'x'.repeat(5_000_000),
    ];
    for (const text of texts) {
      for (const channel of [keys.replicas, keys.owner]) {
        expect(await redis.command('PUBLISH', channel, text)).toBe(1);
      }
    }
    await sleep(100);
    await vendors.resetStats();
    expect(await askFor(id)).toMatchObject({ problem: null });
    expect((await askFor(newId(provider)))?.problem).toBeNull();
  });
});
