import { describe, expect, test } from '@jest/globals';
import type { AccountEvent } from '../../src/domain/events.ts';
import { coldWant, failureOf, hotWant, idsOf, openOwner, running } from './open-owner.ts';

/** What the owner tells of its calls, for logs, metrics and traces. */

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const ofKind = <Kind extends AccountEvent['kind']>(
  events: readonly AccountEvent[],
  kind: Kind,
): Extract<AccountEvent, { kind: Kind }>[] =>
  events.filter((event): event is Extract<AccountEvent, { kind: Kind }> => event.kind === kind);

describe('The owner tells', () => {
  test('of a call how long it took, for whom, and what came back', async () => {
    const { owner, clock, vendor, events } = openOwner();
    vendor.connectMs = 30;
    vendor.latencyMs = 40;
    owner.want(coldWant('a', { trace }), 'one');
    await clock.advance(300);
    expect(ofKind(events, 'vendor-call-finished')).toMatchObject([
      {
        typename: 'ZegoMediaTask',
        items: 1,
        durationMs: 40,
        status: 200,
        host: 'vendor.example',
        attempt: 1,
        isRenewal: false,
        trace,
      },
    ]);
  });

  test('how many replicas a call was made for, those that joined it under way included', async () => {
    const { owner, clock, vendor, events } = openOwner();
    vendor.latencyMs = 40;
    owner.want(coldWant('a'), 'one');
    await clock.advance(20);
    owner.want(coldWant('a'), 'two');
    owner.want(coldWant('a'), 'two');
    await clock.advance(300);
    expect(ofKind(events, 'vendor-call-finished')).toMatchObject([{ replicas: 2 }]);
  });

  test('of a failed call the code and the codes of the vendor, redacted; and of each attempt', async () => {
    const { owner, clock, vendor, events } = openOwner();
    for (const id of idsOf(10)) owner.want(coldWant(id), 'one');
    await clock.advance(2_000);
    events.length = 0;
    vendor.says = () => failureOf('UNAVAILABLE', { vendorCode: 's3cret', vendorRequestId: 'r-1' });
    owner.want(coldWant('a'), 'one');
    await clock.advance(1_000);
    const failure = { code: 'UNAVAILABLE', vendorCode: '[redacted]', vendorRequestId: 'r-1' };
    expect(ofKind(events, 'vendor-call-finished')).toMatchObject([
      { attempt: 1, failure },
      { attempt: 2, failure },
    ]);
    expect(JSON.stringify(events)).not.toContain('s3cret');
  });

  test('that the vendor throttles by a reason of its own', async () => {
    const { owner, clock, vendor, events } = openOwner();
    vendor.says = () => failureOf('RATE_LIMITED');
    owner.want(coldWant('a'), 'one');
    await clock.advance(100);
    expect(ofKind(events, 'vendor-call-finished')[0]?.failure?.reason).toBe('vendor-throttle');
  });

  test('that a call is a renewal, and of how long it waited since it fell due', async () => {
    const { owner, clock, events } = openOwner({ quota: { calls: 1, perMs: 1_000 } });
    owner.want(coldWant('a'), 'one');
    await clock.advance(10);
    owner.want(hotWant('b', 200, { trace }), 'one');
    await clock.advance(2_000);
    expect(ofKind(events, 'vendor-call-finished').map(({ isRenewal }) => isRenewal)).toEqual([false, true]);
    const [first, second] = ofKind(events, 'permit-granted');
    expect(first?.waitedMs).toBe(0);
    // The second permit is due 1,000 / 0.93 ms after the first; it fell due at 210 ms.
    expect(second?.waitedMs).toBeGreaterThan(800);
    expect(second?.waitedMs).toBeLessThan(880);
    expect(second?.trace).toBe(trace);
  });

  test('of a refused permit why, how many wait, and which limit there is', async () => {
    const { owner, clock, events } = openOwner();
    for (const id of idsOf(100)) owner.want(coldWant(id, { patienceMs: 1_000 }), 'one');
    await clock.advance(10);
    const [refused] = ofKind(events, 'permit-refused');
    expect(refused).toMatchObject({ reason: 'own-quota', quota: { calls: 10, perMs: 1_000 } });
    expect(refused?.waiting).toBeGreaterThan(0);
    expect(refused?.message).toContain('10 calls a second');
  });

  test('of each want that can have no permit in time, with the trace of whoever wanted it first', async () => {
    const { owner, events } = openOwner({ quota: { calls: 1, perMs: 1_000 } });
    for (const id of idsOf(10)) owner.want(coldWant(id), 'one');
    const refusedAtOnce = ofKind(events, 'permit-refused').length;
    owner.want(coldWant('last', { trace }), 'one');
    expect(refusedAtOnce).toBeGreaterThan(0);
    expect(ofKind(events, 'permit-refused').slice(refusedAtOnce)).toEqual([
      expect.objectContaining({ reason: 'own-quota', trace }),
    ]);
  });

  test('of the circuit breaker when it opens, lets one call through, and closes', async () => {
    const { owner, clock, vendor, events } = openOwner({ quota: { calls: 100, perMs: 1_000 } });
    owner.want(coldWant('accepted'), 'one');
    await clock.advance(100);
    vendor.says = () => failureOf('UNAVAILABLE');
    for (const id of idsOf(30)) owner.want(coldWant(id), 'one');
    await clock.advance(900);
    vendor.says = () => running;
    await clock.advance(1_000);
    owner.want(coldWant('later'), 'one');
    await clock.advance(1_000);
    const changes = ofKind(events, 'breaker-changed');
    expect(changes.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'CLOSED → OPEN',
      'OPEN → HALF_OPEN',
      'HALF_OPEN → CLOSED',
    ]);
    expect(changes[0]).toMatchObject({ openForMs: 1_000 });
    expect(changes[0]?.outages).toBeGreaterThanOrEqual(5);
    expect(changes[0]?.calls).toBeGreaterThanOrEqual(10);
  });

  test('of a wrong clock, once it has learnt the time of the vendor', async () => {
    const { owner, clock, vendor, events } = openOwner();
    const vendorTime = clock.now() + 600_000;
    vendor.says = (_, attempt) =>
      attempt === 1 ? failureOf('ACCESS_DENIED', { reason: { kind: 'wrong-time', vendorTime } }) : running;
    owner.want(coldWant('a'), 'one');
    await clock.advance(500);
    expect(ofKind(events, 'clock-skew')).toEqual([{ kind: 'clock-skew', offsetMs: 600_000 }]);
  });
});
