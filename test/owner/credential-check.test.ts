import { describe, expect, test } from '@jest/globals';
import { dawn } from '../support/fake-clock.ts';
import { coldWant, failureOf, idsOf, openOwner, running } from './open-owner.ts';

const wrong = () =>
  failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-credentials' }, vendorCode: 'InvalidAccessKeyId' });

/** A quota that keeps no call of these tests waiting. */
const wide = { calls: 1_000, perMs: 1_000 };

const wantAll = ({ owner }: Pick<ReturnType<typeof openOwner>, 'owner'>, ids: readonly string[]): void => {
  for (const id of ids) owner.want(coldWant(id), 'one');
};

describe('Credentials that the vendor has not accepted yet', () => {
  test('are used by one call, and by all others as soon as that is answered', async () => {
    const opened = openOwner({ quota: wide });
    opened.vendor.latencyMs = 400;
    wantAll(opened, idsOf(5));
    await opened.clock.advance(399);
    expect(opened.vendor.calls).toHaveLength(1);
    await opened.clock.advance(20);
    expect(opened.vendor.calls).toHaveLength(5);
  });

  test.each([
    ['accepted, for the vendor refused one task only', failureOf('REJECTED'), 5],
    ['not judged, for the vendor is down', failureOf('UNAVAILABLE'), 2],
    [
      'not judged, for the vendor refused the time',
      failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime: dawn - 3_600_000 } }),
      3,
    ],
  ])('and are %s, decide how many calls come next', async (_, error, callsAfter) => {
    const opened = openOwner({ quota: wide });
    opened.vendor.latencyMs = 100;
    opened.vendor.says = (id) => (id === 'task-0' ? error : running);
    wantAll(opened, idsOf(5));
    await opened.clock.advance(callsAfter === 3 ? 250 : 190);
    expect(opened.vendor.calls).toHaveLength(callsAfter);
  });

  test('keep nobody waiting in vain: who cannot be served in time any more is refused', async () => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.latencyMs = 60_000;
    owner.want(coldWant('a'), 'one');
    owner.want(coldWant('b'), 'two');
    await clock.advance(4_900);
    expect(vendor.calls).toHaveLength(1);
    expect(of('b')).toMatchObject([{ kind: 'refusal', replica: 'two', at: expect.closeTo(4_000, -1) }]);
  });

  test('and were accepted by calls of a predecessor, are used at once', async () => {
    const opened = openOwner({ quota: wide });
    opened.vendor.latencyMs = 400;
    opened.owner.takeOver({
      nextPermitInMs: 0,
      vendorPauseMs: 0,
      credentialsAccepted: true,
      breaker: { openForMs: 0, opened: 0 },
      underWay: [],
    });
    wantAll(opened, idsOf(5));
    await opened.clock.advance(50);
    expect(opened.vendor.calls).toHaveLength(5);
  });
});

describe('Wrong credentials', () => {
  test('are tried once a minute, however often anybody asks', async () => {
    const { owner, clock, vendor, published } = openOwner();
    vendor.says = wrong;
    for (let second = 0; second < 300; second++) {
      owner.want(coldWant(`task-${second}`), 'one');
      await clock.advance(1_000);
    }
    expect(vendor.calls.map(({ at }) => at)).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
    expect(published).toHaveLength(300);
    for (const one of published)
      expect(one).toMatchObject({
        kind: 'failure',
        error: { code: 'ACCESS_DENIED', details: { vendorCode: 'InvalidAccessKeyId' } },
      });
  });

  test('are said to be refused, and when, while no call is made', async () => {
    const { owner, clock, vendor, published } = openOwner();
    vendor.says = wrong;
    owner.want(coldWant('a'), 'one');
    await clock.advance(12_000);
    owner.want(coldWant('b'), 'one');
    const messages = published.map((one) => (one.kind === 'failure' ? one.error.message : one.kind));
    expect(messages).toEqual([
      'The vendor failed: ACCESS_DENIED.',
      'No call is made: the vendor refused the credentials 12 s ago. The vendor failed: ACCESS_DENIED.',
    ]);
  });

  test('fail everything that is queued at once, and calls that are still connecting', async () => {
    const opened = openOwner({ quota: wide });
    const { clock, vendor, published } = opened;
    vendor.connectMs = 5;
    vendor.says = (_, attempt) => (vendor.calls.length > 1 || attempt > 1 ? wrong() : running);
    wantAll(opened, ['accepted']);
    await clock.advance(50);
    wantAll(opened, idsOf(20));
    await clock.advance(5_000);
    expect(vendor.calls.length).toBeLessThan(5);
    expect(published.filter(({ kind }) => kind === 'failure')).toHaveLength(20);
  });

  test('that were corrected are noticed within the minute', async () => {
    const { owner, clock, vendor, of } = openOwner();
    vendor.says = () => (vendor.calls.length === 1 ? wrong() : running);
    owner.want(coldWant('a'), 'one');
    await clock.advance(60_000);
    owner.want(coldWant('a'), 'one');
    await clock.advance(100);
    expect(of('a').at(-1)).toMatchObject({ kind: 'answer' });
  });

  test('are published as a failure only if no other replica has others: then it is asked instead', async () => {
    let asked = 0;
    const opened = openOwner();
    const publisher = {
      answer: () => {},
      failure: () => {
        throw new Error('Nothing has failed.');
      },
      refusal: () => {},
      credentialsRefused: () => {
        asked += 1;
        return true;
      },
    };
    const { owner, clock, vendor } = openOwner({ options: { publisher }, clock: opened.clock });
    vendor.says = wrong;
    wantAll({ owner }, idsOf(5));
    await clock.advance(100);
    owner.handOver();
    await clock.advance(10_000);
    expect([asked, vendor.calls.length]).toEqual([1, 1]);
  });

  test('are not what a refusal of one task is', async () => {
    const { owner, clock, vendor } = openOwner();
    vendor.says = () => failureOf('ACCESS_DENIED');
    for (const id of idsOf(3)) owner.want(coldWant(id), 'one');
    await clock.advance(1_000);
    expect(vendor.calls).toHaveLength(3);
  });
});
