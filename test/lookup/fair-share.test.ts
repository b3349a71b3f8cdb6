import { describe, expect, test } from '@jest/globals';
import { createFollowers } from '../../src/subscriptions/followers.ts';
import { callerOf, refOf } from './builders.ts';
import { deadlineMs, openAccount } from './open-account.ts';

const limit = 20;

const refsOf = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => refOf(`${name}-${index}`));

type Account = ReturnType<typeof openAccount>;

let requests = 0;

/** One request of an identity, for so many tasks that nobody has asked for. */
const ask = async ({ lookup, clock }: Account, identity: string, count: number) => {
  requests += 1;
  const from = clock.elapsed();
  const caller = callerOf(`${requests}`, { identity, deadlineAt: from + deadlineMs });
  const tasks = await Promise.all(
    refsOf(count, `${identity} ${requests}`).map((ref) => lookup.find(ref, caller)),
  );
  return { tookMs: clock.elapsed() - from, codes: tasks.map(({ problem }) => problem?.code ?? 'none') };
};

/** How long an honest client waits for pages of 1 to 20 tasks, each asked for every five seconds. */
const askHonestly = async (account: Account) => {
  const tookMs: number[] = [];
  const codes = new Set<string>();
  for (const count of [1, 5, 20]) {
    const answered = ask(account, 'honest', count).then((page) => {
      tookMs.push(page.tookMs);
      for (const code of page.codes) codes.add(code);
    });
    await account.clock.advance(5_000);
    await answered;
  }
  return { tookMs, codes: [...codes] };
};

describe('An honest client', () => {
  const whileQuiet = askHonestly(openAccount(limit));

  test.each([
    ['with identities of their own', (n: number) => `attacker ${n}`],
    ['of unknown identity', () => ''],
  ])('waits at most twice as long beside ten that ask for five times 200 tasks, %s', async (_, nameOf) => {
    const quiet = await whileQuiet;
    const account = openAccount(limit);
    await account.clock.advance(1_000);
    const attack = async (identity: string): Promise<void> => {
      for (let n = 0; n < 5; n += 1) void ask(account, identity, 200);
      for (;;) {
        await account.clock.sleep(5_000);
        void ask(account, identity, 200);
      }
    };
    for (let n = 0; n < 10; n += 1) void attack(nameOf(n));
    await account.clock.advance(1_000);
    const loud = await askHonestly(account);
    expect(loud.codes).toEqual(['none']);
    for (const [page, ms] of loud.tookMs.entries())
      expect(ms).toBeLessThanOrEqual(2 * (quiet.tookMs[page] ?? 0) + 4 * (1_000 / limit));
  });

  test('is never RATE_LIMITED beside subscriptions that watch 5,000 tasks in all', async () => {
    const account = openAccount(limit);
    const { lookup, clock } = account;
    const followers = createFollowers(lookup, clock);
    for (let n = 0; n < 250; n += 1) followers.follow(20, () => refsOf(20, `watched ${n}`), `watcher ${n}`);
    await clock.advance(5_000);
    expect((await askHonestly(account)).codes).toEqual(['none']);
  });
});

describe('Of two that ask for more than there is', () => {
  test('each gets half, however many requests the other sends', async () => {
    const account = openAccount(limit);
    const asks = [...Array.from({ length: 9 }, () => ask(account, 'many', 50)), ask(account, 'one', 200)];
    await account.clock.advance(6_000);
    const counts = (await Promise.all(asks)).map(
      ({ codes }) => codes.filter((code) => code === 'none').length,
    );
    const one = counts.pop() ?? 0;
    const many = counts.reduce((sum, count) => sum + count, 0);
    expect(Math.abs(many - one)).toBeLessThanOrEqual(8);
    expect(many + one).toBeGreaterThanOrEqual(60);
  });
});

describe('A request', () => {
  test('has one deadline for all that it asks for, however late it asks', async () => {
    const { lookup, clock, vendor } = openAccount(limit);
    vendor.latencyMs = 60_000;
    const caller = callerOf('request', { deadlineAt: deadlineMs });
    const codes: unknown[] = [];
    const askNext = async (name: string): Promise<void> => {
      const { problem } = await lookup.find(refOf(name), caller);
      codes.push([problem?.code, clock.elapsed()]);
    };
    void askNext('first').then(() => askNext('second'));
    await clock.advance(3_000);
    void askNext('third').then(() => askNext('fourth'));
    await clock.advance(60_000);
    expect(codes).toEqual(Array.from({ length: 4 }, () => ['TIMEOUT', deadlineMs]));
    // Nothing is asked of the vendor for a caller whose time is up.
    expect(vendor.calls.map(({ id }) => id)).not.toContain(refOf('second').id);
  });
});
