import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '../support/fake-clock.ts';
import { coldWant, failureOf, hotWant, idsOf, openOwner, running } from './open-owner.ts';

/** One call that succeeds, so that the credentials are accepted. */
const openAccepted = async (settings: Parameters<typeof openOwner>[0] = {}) => {
  const opened = openOwner(settings);
  opened.owner.want(coldWant('accepted'), 'one');
  await opened.clock.advance(1_000);
  opened.vendor.calls.length = 0;
  opened.published.length = 0;
  return opened;
};

const spacingMs = 1_000 / 0.93 / 10;

describe('A vendor that throttles', () => {
  test.each([
    ['for as long as it says', failureOf('RATE_LIMITED', { retryAfterMs: 3_000 }), 3_000],
    ['for a second when it does not say', failureOf('RATE_LIMITED'), 1_000],
    ['also when it calls it an outage', failureOf('UNAVAILABLE', { retryAfterMs: 2_000 }), 2_000],
  ])('is not called %s', async (_, refusal, holdMs) => {
    const { owner, clock, vendor } = await openAccepted();
    vendor.says = (id) => (id === 'a' ? refusal : running);
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'one');
    await clock.advance(5_000);
    expect(vendor.calls.map(({ at }) => at - 1_000)).toEqual([0, holdMs]);
  });

  test('refuses at once those who cannot wait for so long, and says when their turn is', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.says = (id) => (id === 'a' ? failureOf('RATE_LIMITED', { retryAfterMs: 30_000 }) : running);
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'one');
    await clock.advance(10);
    expect(of('b')).toMatchObject([
      {
        kind: 'refusal',
        error: { code: 'RATE_LIMITED', details: { reason: { kind: 'vendor-pause' }, retryAfterMs: 30_000 } },
      },
    ]);
    await clock.advance(31_000);
    expect(of('b').at(-1)).toMatchObject({ kind: 'answer' });
  });

  test('refuses for that reason until the pause is over, at the next owner, too, and then for the quota', async () => {
    const { owner, clock, vendor } = await openAccepted();
    vendor.says = () => failureOf('RATE_LIMITED', { retryAfterMs: 30_000 });
    owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    const next = openOwner({ clock });
    next.owner.takeOver(owner.handOver());
    next.owner.want(coldWant('b'), 'one');
    await clock.advance(29_980);
    next.owner.want(coldWant('c', { patienceMs: 1 }), 'one');
    await clock.advance(20);
    for (const id of idsOf(100)) next.owner.want(coldWant(id, { patienceMs: 1_000 }), 'one');
    await clock.advance(0);
    const reasonOf = (id: string) => {
      const [first] = next.of(id);
      return first?.kind === 'refusal' ? first.error.details.reason?.kind : first?.kind;
    };
    expect(['b', 'c', 'task-99'].map(reasonOf)).toEqual(['vendor-pause', 'vendor-pause', 'own-quota']);
  });

  test.each([
    ['asked for a pause', 20_000, 'The vendor asked for a pause, the next free call is in 20 s.'],
    ['throttles', undefined, 'The vendor throttles the account, the next free call is in 1.0 s.'],
  ])('is said to be the reason when it %s', async (_, retryAfterMs, message) => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.says = () => failureOf('RATE_LIMITED', { retryAfterMs });
    owner.want(coldWant('a'), 'one');
    await clock.advance(1);
    owner.want(coldWant('b', { patienceMs: 500 }), 'one');
    expect(of('a')).toMatchObject([{ error: { details: { reason: { kind: 'vendor-throttle' } } } }]);
    expect(of('b')).toMatchObject([{ kind: 'refusal', error: { message } }]);
  });

  test('is left the rest of its pause by an owner without a share', async () => {
    const { owner, clock, vendor } = await openAccepted();
    vendor.says = () => failureOf('RATE_LIMITED', { retryAfterMs: 30_000 });
    owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    owner.setShare(0);
    expect(owner.handOver()).toMatchObject({ nextPermitInMs: 29_990, vendorPauseMs: 29_990 });
  });

  test('is not called by a call that is still connecting', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.connectMs = 10;
    owner.want(coldWant('a'), 'one');
    await clock.advance(5);
    owner.hold(2_000);
    await clock.advance(4_000);
    expect(vendor.calls.map(({ at }) => at - 1_005)).toEqual([2_000]);
    expect(of('a')).toMatchObject([{ kind: 'answer' }]);
  });

  test('refuses at once those who cannot wait so long for a call that is still connecting, and answers them later', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.connectMs = 10;
    owner.want(hotWant('a'), 'one');
    await clock.advance(5);
    owner.want(coldWant('a', { patienceMs: 2_000 }), 'two');
    owner.hold(3_000);
    await clock.advance(5);
    expect(of('a')).toMatchObject([
      { kind: 'refusal', replica: 'two', error: { code: 'RATE_LIMITED', details: { retryAfterMs: 2_995 } } },
    ]);
    owner.want(coldWant('a', { patienceMs: 1_000 }), 'three');
    owner.want(coldWant('a', { patienceMs: 5_000 }), 'four');
    await clock.advance(0);
    expect(of('a').slice(1)).toMatchObject([{ kind: 'refusal', replica: 'three' }]);
    await clock.advance(4_000);
    expect(of('a').slice(2)).toMatchObject([{ kind: 'answer' }]);
  });
});

describe('A quota that is used up', () => {
  test('is said to be the reason, with how many wait and when the next call is free', async () => {
    const { owner, of } = await openAccepted();
    for (const id of idsOf(100)) owner.want(coldWant(id), 'one');
    expect(of('task-99')).toMatchObject([
      {
        error: {
          message:
            'The quota of 10 calls a second is used up: 100 tasks wait, the next free call is in 11 s.',
        },
      },
    ]);
    for (const id of idsOf(40, 'other')) owner.want(coldWant(id, { caller: 'other caller' }), 'one');
    expect(of('other-39')).toMatchObject([
      {
        error: {
          details: { reason: { kind: 'fair-share' } },
          message: expect.stringMatching(
            /^The caller's share of the quota of 10 calls a second is used up: 40 of its tasks wait, the next free call is in 8.\d s.$/,
          ),
        },
      },
    ]);
  });
});

describe('A vendor that is slow to connect to', () => {
  test('is called with another permit when the first has expired', async () => {
    const { owner, clock, vendor } = await openAccepted();
    vendor.connectMs = 300;
    owner.want(coldWant('a'), 'one');
    await clock.advance(1);
    vendor.connectMs = 0;
    for (const id of idsOf(20)) owner.want(coldWant(id), 'one');
    await clock.advance(1_000);
    const late = vendor.calls.find(({ ids }) => ids.includes('a'));
    // Before all that is queued.
    expect(late?.at).toBeLessThanOrEqual(1_300 + spacingMs + 1);
  });

  test('and has no other permit before the deadline, fails with TIMEOUT', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.connectMs = 300;
    owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    owner.hold(60_000);
    await clock.advance(5_000);
    expect(of('a').slice(1)).toMatchObject([
      { kind: 'failure', error: { code: 'TIMEOUT', message: 'Connecting to the vendor took too long.' } },
    ]);
    expect(vendor.calls).toEqual([]);
  });
});

describe('A call', () => {
  test('that the vendor does not answer fails with TIMEOUT at its deadline, whatever the provider does', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.latencyMs = 60_000;
    owner.want(coldWant('a'), 'one');
    await clock.advance(10_000);
    expect(of('a')).toMatchObject([{ kind: 'failure', at: 6_000, error: { code: 'TIMEOUT' } }]);
  });

  test('is given up without a failure when this process may not call any more', async () => {
    const { owner, clock, vendor, of, authority } = await openAccepted();
    vendor.connectMs = 10;
    owner.want(coldWant('a'), 'one');
    await clock.advance(5);
    authority.mayCall = false;
    await clock.advance(10_000);
    expect([vendor.calls, of('a')]).toEqual([[], []]);
  });

  test('is made when this process may call again, as long as somebody can wait', async () => {
    const { owner, clock, vendor, of, authority } = await openAccepted();
    authority.mayCall = false;
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b', { patienceMs: 500 }), 'one');
    await clock.advance(1_000);
    authority.mayCall = true;
    await clock.advance(200);
    expect(vendor.countOf('a')).toBe(1);
    expect(of('b')[0]).toMatchObject({ kind: 'refusal', at: 1_400 });
  });

  test('is made again once after a failure of the network, with a permit of its own', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    for (const id of idsOf(10)) owner.want(coldWant(id), 'one');
    await clock.advance(2_000);
    vendor.calls.length = 0;
    vendor.says = (_, attempt) => (attempt === 1 ? failureOf('UNAVAILABLE') : running);
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'one');
    await clock.advance(2_000);
    expect(vendor.countOf('a')).toBe(2);
    expect(of('a')).toMatchObject([{ kind: 'answer' }]);
    const gaps = vendor.calls.slice(1).map(({ at }, index) => at - (vendor.calls[index]?.at ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(spacingMs * 0.7);
  });
});

describe('A vendor that is down', () => {
  const openDown = async () => {
    const opened = await openAccepted();
    opened.vendor.says = () => failureOf('UNAVAILABLE');
    for (const id of idsOf(12)) opened.owner.want(coldWant(id), 'one');
    await opened.clock.advance(1_500);
    expect(opened.owner.status.breaker).toBe('OPEN');
    return opened;
  };

  test('fails all at once who wait, queued or new, with the time until it is tried again', async () => {
    const { owner, clock, vendor, published, of } = await openDown();
    const calls = vendor.calls.length;
    owner.want(coldWant('late'), 'one');
    await clock.advance(0);
    expect(vendor.calls).toHaveLength(calls);
    expect(published.filter(({ kind }) => kind === 'failure')).toHaveLength(13);
    expect(of('late')).toMatchObject([
      { error: { code: 'UNAVAILABLE', details: { reason: { kind: 'circuit-open' } } } },
    ]);
  });

  test('keeps renewals until it is back', async () => {
    const { owner, clock, vendor, of } = await openDown();
    owner.want(hotWant('hot'), 'one');
    await clock.advance(100);
    expect(of('hot')).toEqual([]);
    vendor.says = () => running;
    await clock.advance(2_000);
    expect(of('hot')).toMatchObject([{ kind: 'answer' }]);
    expect(owner.status.breaker).toBe('CLOSED');
  });

  test('is called at most 1.1 times per want', async () => {
    const { owner, clock, vendor } = await openAccepted();
    vendor.says = () => failureOf('UNAVAILABLE');
    for (const id of idsOf(100)) {
      owner.want(coldWant(id), 'one');
      await clock.advance(300);
    }
    expect(vendor.calls.length).toBeLessThan(40);
  });
});

describe("A clock that differs from the vendor's", () => {
  const minutes = 60_000;

  const openSkewed = async (offMinutes: number) => {
    const opened = await openAccepted();
    const { vendor, clock, vendorClock } = opened;
    // Refuses timestamps that are more than ten minutes off.
    vendor.says = () => {
      const vendorTime = clock.now() + offMinutes * minutes;
      if (Math.abs(vendorClock.now() - vendorTime) <= 10 * minutes) return running;
      return failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime } });
    };
    return opened;
  };

  test.each([-16, -11, 11, 16])('by %i minutes is learnt: the call is signed again, once', async (off) => {
    const { owner, clock, vendor, of } = await openSkewed(off);
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'one');
    await clock.advance(2_000);
    expect([vendor.countOf('a'), vendor.countOf('b')]).toEqual([2, 1]);
    expect(of('a')).toMatchObject([{ kind: 'answer' }]);
    expect(vendor.calls.map(({ at }) => at).slice(1, 2)[0]).toBeGreaterThan(1_000 + spacingMs * 0.7);
  });

  test('is learnt for the calls that are under way, too', async () => {
    const { owner, clock, vendor, published } = await openSkewed(11);
    vendor.latencyMs = 500;
    for (const id of idsOf(10)) owner.want(coldWant(id), 'one');
    await clock.advance(5_000);
    expect(published.map(({ kind }) => kind)).toEqual(idsOf(10).map(() => 'answer'));
  });

  test('and is not the reason for the refusal, leads to no third call', async () => {
    const { owner, clock, vendor, of } = await openAccepted();
    vendor.says = (_, attempt) =>
      failureOf('ACCESS_DENIED', {
        reason: { kind: 'wrong-time', vendorTime: clock.now() + attempt * 11 * minutes },
      });
    owner.want(coldWant('a'), 'one');
    await clock.advance(3_000);
    expect(vendor.countOf('a')).toBe(2);
    expect(of('a')).toMatchObject([{ kind: 'failure', error: { code: 'ACCESS_DENIED' } }]);
  });
});

describe('An account that is handed over', () => {
  const handOver = async () => {
    const clock = (await openAccepted()).clock;
    const first = openOwner({ clock });
    const second = openOwner({ clock, vendor: first.vendor });
    second.owner.setShare(0);
    first.owner.want(coldWant('accepted'), 'one');
    await clock.advance(1_000);
    first.vendor.calls.length = 0;
    return { clock, first, second, vendor: first.vendor };
  };

  test('goes on at once, at the spacing that the predecessor has left', async () => {
    const { clock, first, second, vendor } = await handOver();
    for (const id of idsOf(20)) first.owner.want(coldWant(id), 'one');
    await clock.advance(450);
    second.owner.takeOver(first.owner.handOver());
    second.owner.setShare(1);
    for (const id of idsOf(20).slice(5)) second.owner.want(coldWant(id), 'one');
    await clock.advance(4_000);
    const gaps = vendor.calls.slice(1).map(({ at }, index) => at - (vendor.calls[index]?.at ?? 0));
    expect(vendor.calls).toHaveLength(20);
    for (const gap of gaps.slice(1)) expect(gap).toBeCloseTo(spacingMs, -1);
  });

  test('is called by the predecessor no more, and what it has sent is still published before it has drained', async () => {
    const { clock, first, vendor } = await handOver();
    vendor.latencyMs = 2_000;
    for (const id of idsOf(3)) first.owner.want(coldWant(id), 'one');
    await clock.advance(10);
    const state = first.owner.handOver();
    expect(JSON.parse(JSON.stringify(state))).toMatchObject({
      credentialsAccepted: true,
      underWay: [{ id: 'task-0', forMs: expect.any(Number) }],
    });
    let isDrained = false;
    const drained = first.owner.drain().then(() => {
      isDrained = true;
    });
    await clock.advance(1_000);
    expect(isDrained).toBe(false);
    await clock.advance(1_000);
    await drained;
    expect(vendor.calls).toHaveLength(1);
    expect(first.of('task-0')).toMatchObject([{ kind: 'answer' }]);
  });

  test('waits for what the predecessor has under way instead of asking twice', async () => {
    const { clock, first, second, vendor } = await handOver();
    vendor.latencyMs = 1_000;
    first.owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    second.owner.takeOver(first.owner.handOver());
    second.owner.setShare(1);
    second.owner.want(coldWant('a'), 'one');
    await clock.advance(1_500);
    const [published] = first.of('a');
    if (published?.kind === 'answer')
      second.owner.settled({ typename: 'ZegoMediaTask', id: 'a' }, published.answer);
    second.owner.want(coldWant('a'), 'one');
    await clock.advance(1_000);
    expect(vendor.countOf('a')).toBe(1);
    expect(second.of('a')).toMatchObject([{ kind: 'answer' }]);
  });

  test('asks itself when the predecessor has not answered in its time', async () => {
    const { clock, first, second, vendor } = await handOver();
    vendor.latencyMs = 60_000;
    first.owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    second.owner.takeOver(first.owner.handOver());
    second.owner.setShare(1);
    await clock.advance(5_000);
    second.owner.want(coldWant('a'), 'one');
    await clock.advance(1_000);
    expect(vendor.countOf('a')).toBe(2);
  });

  test('loses nothing when its share is taken away: what waited is forgotten, what was not sent is given up', async () => {
    const { clock, first, vendor } = await handOver();
    vendor.connectMs = 50;
    for (const id of idsOf(5)) first.owner.want(coldWant(id), 'one');
    await clock.advance(10);
    first.owner.setShare(0);
    await clock.advance(5_000);
    await first.owner.drain();
    expect(vendor.calls).toEqual([]);
    expect(first.published.slice(1)).toEqual([]);
    expect(first.owner.status).toMatchObject({ backlogMs: 0 });
  });
});

describe('Calls of several accounts that are wanted at the same time', () => {
  test('are written one account after the other: the vendor of the first works while the next are prepared', async () => {
    const clock = createFakeClock();
    const steps: string[] = [];
    for (const account of ['first', 'second']) {
      const { owner } = openOwner({
        clock,
        options: {
          get: async ({ confirm }) => {
            steps.push(`${account} prepared`);
            await confirm?.();
            steps.push(`${account} written`);
            return { status: 200, header: () => undefined, body: '' };
          },
        },
      });
      owner.want(coldWant('a'), 'one');
    }
    await clock.settle();
    expect(steps).toEqual(['first prepared', 'first written', 'second prepared', 'second written']);
  });
});
