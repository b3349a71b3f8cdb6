import type { Answer, Content } from '../../src/domain/answer.ts';
import { createVendorClock } from '../../src/domain/clock.ts';
import { LookupError, type LookupErrorDetails } from '../../src/domain/errors.ts';
import type { AccountEvent } from '../../src/domain/events.ts';
import type { Call, Quota } from '../../src/domain/provider.ts';
import type { Subject, Want } from '../../src/exchange/exchange.ts';
import type { MediaTaskProblemCode, MediaTaskStatus } from '../../src/generated/model.ts';
import { createOwner } from '../../src/owner/create-owner.ts';
import type { Operation, Owner, OwnerOptions } from '../../src/owner/owner.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';

export const typename = 'ZegoMediaTask';
export const jobTypename = 'TranscodeJobInfo';

export const contentOf = (status: MediaTaskStatus): Content => ({ status });
export const running = contentOf('RUNNING');

export const failureOf = (
  code: MediaTaskProblemCode = 'UNAVAILABLE',
  details: LookupErrorDetails = {},
): LookupError => new LookupError(code, `The vendor failed: ${code}.`, details);

/** A want that somebody waits for. */
export const coldWant = (id: string, fields: Partial<Want> = {}): Want => ({
  typename,
  id,
  patienceMs: 5_000,
  dueInMs: 0,
  caller: 'caller',
  ...fields,
});

/** A renewal in the background. */
export const hotWant = (id: string, dueInMs = 0, fields: Partial<Want> = {}): Want =>
  coldWant(id, { patienceMs: 0, dueInMs, ...fields });

/** What the vendor comes to say of an id: errors are thrown, null is an unknown id. */
export type Saying = Content | null | Error;

/** A vendor that says what the test wants, and remembers what was sent when. */
export interface FakeVendor {
  /** One per call, in the order of sending. Moments are of `Clock.elapsed`. */
  readonly calls: { readonly ids: readonly string[]; readonly at: number }[];
  /** How often it was called for this id. */
  countOf(id: string): number;
  says: (id: string, attempt: number) => Saying;
  connectMs: number | (() => number);
  latencyMs: number | (() => number);
}

export const createFakeVendor = (): FakeVendor => {
  const vendor: FakeVendor = {
    calls: [],
    countOf: (wanted) => vendor.calls.filter(({ ids }) => ids.includes(wanted)).length,
    says: () => running,
    connectMs: 0,
    latencyMs: 0,
  };
  return vendor;
};

const toMs = (ms: number | (() => number)): number => (typeof ms === 'number' ? ms : ms());

/** What an owner published, in order. */
export type Published =
  | { readonly kind: 'answer'; readonly id: string; readonly at: number; readonly answer: Answer }
  | {
      readonly kind: 'failure';
      readonly id: string;
      readonly at: number;
      readonly error: LookupError;
      readonly restMs: number;
    }
  | {
      readonly kind: 'refusal';
      readonly id: string;
      readonly at: number;
      readonly error: LookupError;
      readonly replica: string;
    };

export interface OwnerSettings {
  readonly clock?: FakeClock;
  readonly vendor?: FakeVendor;
  readonly quota?: Quota;
  readonly options?: Partial<OwnerOptions>;
  readonly learn?: NonNullable<Operation['learn']>;
  readonly onPublished?: (published: Published) => void;
}

/** An owner with a fake vendor, and everything it published. */
export const openOwner = (settings: OwnerSettings = {}) => {
  const clock = settings.clock ?? createFakeClock();
  const vendor = settings.vendor ?? createFakeVendor();
  const published: Published[] = [];
  const publish = (one: Published): void => {
    published.push(one);
    settings.onPublished?.(one);
  };
  const bugs: unknown[] = [];
  const events: AccountEvent[] = [];
  const vendorClock = createVendorClock(clock);
  const authority = { mayCall: true };

  const fetch = async (ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Content>> => {
    await call.get({ url: `https://vendor.example/${ids.join(',')}` });
    const contents = new Map<string, Content>();
    for (const id of ids) {
      const says = vendor.says(id, vendor.countOf(id));
      if (says instanceof Error) throw says;
      if (says) contents.set(id, says);
    }
    return contents;
  };

  const get: OwnerOptions['get'] = async ({ url, confirm }) => {
    const connectMs = toMs(vendor.connectMs);
    if (connectMs > 0) await clock.sleep(connectMs);
    await confirm?.();
    vendor.calls.push({ ids: url.slice(url.lastIndexOf('/') + 1).split(','), at: clock.elapsed() });
    const latencyMs = toMs(vendor.latencyMs);
    if (latencyMs > 0) await clock.sleep(latencyMs);
    return { status: 200, header: () => undefined, body: '' };
  };

  const owner: Owner = createOwner({
    operations: [
      { typename, maxBatch: 1, fetch, ...(settings.learn && { learn: settings.learn }) },
      { typename: jobTypename, maxBatch: 10, fetch },
    ],
    quota: settings.quota ?? { calls: 10, perMs: 1_000 },
    get,
    mayCall: () => authority.mayCall,
    publisher: {
      answer: ({ id }, answer) => publish({ kind: 'answer', id, at: clock.elapsed(), answer }),
      failure: ({ id }, error, restMs) =>
        publish({ kind: 'failure', id, at: clock.elapsed(), error, restMs }),
      refusal: (replica, { id }, error) =>
        publish({ kind: 'refusal', id, at: clock.elapsed(), error, replica }),
      credentialsRefused: () => false,
    },
    read: async () => undefined,
    clock,
    random: () => 0.5,
    deadlineMs: 5_000,
    redact: (text) => text.replaceAll('s3cret', '[redacted]'),
    vendorClock,
    onBug: (error) => bugs.push(error),
    emit: (event) => events.push(event),
    ...settings.options,
  });

  const of = (id: string): Published[] => published.filter((one) => one.id === id);
  return { clock, vendor, owner, published, of, bugs, events, vendorClock, authority };
};

export const taskOf = (id: string): Subject => ({ typename, id });
export const jobOf = (id: string): Subject => ({ typename: jobTypename, id });

/** The most of these moments that any window of this length holds. */
export const mostWithin = (perMs: number, moments: readonly number[]): number => {
  const sorted = [...moments].sort((left, right) => left - right);
  let most = 0;
  let first = 0;
  for (const [last, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? moment) >= perMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

/** So many ids. */
export const idsOf = (count: number, prefix = 'task'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
