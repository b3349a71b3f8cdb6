import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ProviderName } from '../../sandbox/index.ts';
import { configureProviders } from '../../src/app/accounts.ts';
import { createEnvironment } from '../../src/app/config.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { readRecord } from '../../src/exchange/lease/record.ts';
import { type AccountKeys, createAccountKeys, shape } from '../../src/exchange/messages.ts';
import { createSeal, type JsonObject, type Seal } from '../../src/exchange/seal.ts';
import { providers } from '../../src/providers/index.ts';
import { describeWithRedis } from '../support/redis.ts';
import { expectNoViolations } from './support/checks.ts';
import { type Deployment, openDeployment, warmUp } from './support/deployment.ts';
import { askOne } from './support/graph.ts';
import { ask, newId } from './support/load.ts';
import { credentialVariables } from './support/test-credentials.ts';
import { sleep, until } from './support/time.ts';

/** Under the keys and on the channels of a running replica stands what is not ours: it is a miss, and heals. */

const provider: ProviderName = 'zego';
const typename = 'ZegoMediaTask';

const keepMs = 60_000;
const running = { status: 'RUNNING', kind: 'VIDEO_TRANSCODE', outputs: [] };
const attackers = { status: 'SUCCEEDED', kind: 'VIDEO_TRANSCODE', vendorStatus: 'https://attacker.example/' };
/** A want of an id that no client's question can have. */
const malformed = [typename, 'zego:only-one-part', 5_000, 0, null, 'x'] as const;

describeWithRedis('A replica whose Redis holds garbage', () => {
  let deployment: Deployment;
  let keys: AccountKeys;
  /** As the replica's own. */
  let seal: Seal;
  let leaseSeal: Seal;
  const strangers = createSeal('zego', ['guessed']);
  beforeAll(async () => {
    deployment = await openDeployment({ redis: true, deadlineMs: 3_000 });
    await warmUp(deployment, 5);
    const [lease] = (await deployment.redis.command('KEYS', `media-tasks:lease:{${provider}-*}`)) as string[];
    const { vendors } = deployment;
    const environment = createEnvironment({ ...vendors.environment, ...credentialVariables });
    const configured = configureProviders(providers, environment, systemClock);
    const account = configured.find((each) => each.provider.name === provider)?.account;
    if (!account) throw new Error('There is no account.');
    keys = createAccountKeys(account.name, 0);
    seal = createSeal(account.name, [account.sealSecret]);
    leaseSeal = createSeal(account.name, [account.leaseSecret]);
    expect(keys.lease).toBe(lease);
  });
  beforeEach(() => deployment.vendors.resetStats());
  afterAll(() => deployment?.close());

  const askFor = async (id: string) => {
    const sample = await ask(deployment.urls[0] ?? '', askOne(id));
    await expectNoViolations(deployment, [sample]);
    return sample.tasks[0];
  };
  /** Stores an answer about a new task, as if it had been written just now, but for what is wrong with it. */
  const store = async (wrong: JsonObject, by = seal): Promise<{ id: string; key: string }> => {
    const id = newId(provider);
    const key = keys.answer({ typename, id }, shape);
    const ages = { keepMs, fetchedAgeMs: 0, checkedAgeMs: 0 };
    const text = by.close({ kind: 'answer', typename, id, shape, ...ages, content: running, ...wrong });
    await deployment.redis.command('SET', key, text, 'PX', keepMs - 100);
    return { id, key };
  };

  test('takes an answer of ours for one, without a call', async () => {
    const { id } = await store({});
    expect(await askFor(id)).toMatchObject({ status: 'RUNNING', problem: null });
    expect((await deployment.vendors.arrivals())[provider] ?? []).toHaveLength(0);
  });

  test.each<[string, JsonObject, boolean?]>([
    ["carries somebody else's seal, and an address of his", { content: attackers }, true],
    ['is about another task', { id: 'zego:tencent:another' }],
    ['is of a shape that nobody knows', { shape: 999 }],
    ['has outputs that are null', { content: { ...running, outputs: [null] } }],
    ['has a status that is none', { content: { ...running, status: 'PAUSED' } }],
    ['has a progress that is a text', { content: { ...running, progress: 'half' } }],
    ['has a content that is a text', { content: 'RUNNING' }],
    ['has an age that is a text', { checkedAgeMs: 'new' }],
    ['has more life left than it was given', { keepMs: keepMs - 10_000 }],
    ['is longer than any of ours', { padding: 'x'.repeat(5_000_000) }],
  ])('takes an answer that %s for a miss, and replaces it', async (_what, wrong, isForged = false) => {
    const { redis, vendors } = deployment;
    const { id, key } = await store(wrong, isForged ? strangers : seal);
    const task = await askFor(id);
    expect(task).toMatchObject({ problem: null, stale: false });
    // The vendor was asked, although something stood where the answer above was found.
    expect((await vendors.arrivals())[provider]).toHaveLength(1);
    const stored = String(await redis.command('GET', key));
    expect(seal.open(stored)).toMatchObject({ shape, id, content: { status: task?.status } });
    expect(stored).not.toContain('attacker');
  });

  test('takes an answer without an end of life for a miss, and gives it one', async () => {
    const { redis } = deployment;
    const { id, key } = await store({});
    await redis.command('PERSIST', key);
    expect(await askFor(id)).toMatchObject({ problem: null });
    expect((await deployment.vendors.arrivals())[provider]).toHaveLength(1);
    expect(await redis.command('PTTL', key)).toBeGreaterThan(0);
  });

  const forgedLease = (term: number): string =>
    `lease ${'a'.repeat(36)} ${term} 7 ${strangers.close({ kind: 'lease', owner: 'a'.repeat(36), term, counter: 7, state: {} })}`;

  test.each<[string, readonly string[]]>([
    ['a text', ['SET', 'garbage']],
    ['a record without a seal', ['SET', `lease ${'a'.repeat(36)} 7 7 {}`]],
    ['a forged record', ['SET', forgedLease(7)]],
    ['a forged record of the highest term', ['SET', forgedLease(999_999_999_999_999)]],
    ['a list', ['RPUSH', 'garbage']],
    ['a hash', ['HSET', 'owner', 'garbage']],
  ])(
    'owns its account again after %s stood in the place of its lease',
    async (_what, [command = '', ...values]) => {
      const { redis } = deployment;
      await redis.command('DEL', keys.lease);
      await redis.command(command, keys.lease, ...values);
      const readLease = async () =>
        readRecord(String(await redis.command('GET', keys.lease).catch(() => '')), leaseSeal);
      await until(async () => (await readLease())?.state.isListening === true, { what: 'a lease of ours' });
      await until(async () => (await askFor(newId(provider)))?.problem === null, { what: 'an answer' });
    },
  );

  test('does not mind messages that are not ours, on any channel', async () => {
    const { redis, vendors } = deployment;
    const id = newId(provider);
    expect((await askFor(id))?.problem).toBeNull();
    const texts = [
      'garbage',
      'heartbeat {}',
      `wants somebody ${leaseSeal.close({ kind: 'wants', from: 'somebody', wants: [[null, 7], 'x'] })}`,
      `wants somebody ${leaseSeal.close({ kind: 'wants', from: 'somebody', wants: [malformed] })}`,
      `answer somebody ${seal.close({ kind: 'answer', typename, id, shape, keepMs: 1e15, fetchedAgeMs: 0, checkedAgeMs: 0, content: { status: 'PAUSED' } })}`,
      `answer somebody ${strangers.close({ kind: 'answer', typename, id, shape, keepMs, fetchedAgeMs: 0, checkedAgeMs: 0, content: attackers })}`,
      `failure somebody ${seal.close({ kind: 'failure', typename, id, error: { code: 'ON_STRIKE' }, restMs: 1e300 })}`,
      `refusals somebody ${seal.close({ kind: 'refusals', to: 'somebody', refusals: 7 })}`,
      forgedLease(999_999_999_999_999),
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
    expect(
      (await deployment.redis.command('GET', keys.answer({ typename, id: malformed[1] }, shape))) ?? '',
    ).toBe('');
  });
});
