import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultSetting, ProviderName } from '../../sandbox/index.ts';
import { toEnumValue } from '../../src/domain/task.ts';
import { describeWithRedis } from '../support/redis.ts';
import { countProblems, expectRecovery, report, weather } from './support/checks.ts';
import type { Sample } from './support/load.ts';
import { sleep } from './support/time.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

interface Case {
  readonly sick: ProviderName;
  /** One after the other while the fault is on, each for as long as the next. */
  readonly settings: readonly FaultSetting[];
  /** Problems that its tasks may have. */
  readonly codes: readonly string[];
  readonly forMs?: number;
  readonly recoversWithinMs?: number;
}

const one = (sick: ProviderName, setting: FaultSetting, ...codes: string[]): Case => ({
  sick,
  settings: [setting],
  codes,
});

const quiet = { recoversWithinMs: 12_000 };

const cases: [string, Case][] = [
  ['answers 5xx', { ...one('zego', { fault: 'error' }, 'UNAVAILABLE'), recoversWithinMs: 35_000 }],
  ['answers 503 with Retry-After', one('aliyun-vod', { fault: 'unavailable', retryAfter: 1 }, 'UNAVAILABLE')],
  ['answers 429', one('visionular', { fault: 'too-many-requests' })],
  ['answers 429 with Retry-After', one('zego', { fault: 'too-many-requests', retryAfter: 2 })],
  [
    'answers 429 with a Retry-After that is no time',
    one('aliyun-vod', { fault: 'too-many-requests', retryAfter: 'soon' }),
  ],
  [
    'answers 429 with a negative Retry-After',
    one('volcengine-webcast', { fault: 'too-many-requests', retryAfter: -5 }),
  ],
  ['says Throttling.User', one('aliyun-vod', { fault: 'throttled' })],
  ['says code 6', one('zego', { fault: 'throttled' })],
  ['says FlowLimitExceeded', one('volcengine-whiteboard', { fault: 'throttled' })],
  ['hangs', one('visionular', { fault: 'hang' }, 'TIMEOUT', 'UNAVAILABLE')],
  ['drips', one('volcengine-webcast', { fault: 'drip', ms: 50 }, 'TIMEOUT', 'UNAVAILABLE')],
  ['resets before the headers', one('zego', { fault: 'down' }, 'UNAVAILABLE')],
  ['resets after the headers', one('aliyun-vod', { fault: 'reset-mid-body' }, 'BAD_RESPONSE', 'UNAVAILABLE')],
  ['breaks off', one('visionular', { fault: 'truncated' }, 'BAD_RESPONSE', 'UNAVAILABLE')],
  ['answers an HTML page', one('volcengine-whiteboard', { fault: 'html' }, 'BAD_RESPONSE')],
  ['answers 100 MB', one('zego', { fault: 'huge' }, 'BAD_RESPONSE')],
  ['answers a gzip bomb', one('aliyun-vod', { fault: 'gzip-bomb' }, 'BAD_RESPONSE')],
  ['answers JSON 200,000 deep', one('volcengine-webcast', { fault: 'deep' }, 'BAD_RESPONSE')],
  ['redirects to another host', one('visionular', { fault: 'redirect' }, 'BAD_RESPONSE')],
  ['flaps', { ...one('zego', { fault: 'flap', ms: 400 }, 'UNAVAILABLE'), forMs: 3_000 }],
  [
    'gets slower and slower',
    {
      sick: 'volcengine-webcast',
      settings: [50, 200, 500, 1_000, 2_500].map((ms) => ({ fault: 'slow', ms })),
      codes: ['TIMEOUT', 'UNAVAILABLE'],
      forMs: 3_000,
    },
  ],
  ['answers about another task', one('aliyun-vod', { fault: 'other-task' }, 'BAD_RESPONSE')],
];

/** What the vendor says then is of no use, and must not be taken for an answer. */
const neverAnswers = new Set([
  'error',
  'down',
  'truncated',
  'html',
  'huge',
  'gzip-bomb',
  'deep',
  'other-task',
]);

/** A call under way when the fault came is answered. */
const underWayMs = 500;

/** The tasks of a vendor that somebody was shown as if they had been heard of after a moment. */
const heardOf = (samples: readonly Sample[], sick: ProviderName, after: number): string[] =>
  samples
    .flatMap(({ tasks }) => tasks)
    .filter(({ provider, fetchedAt }) => provider === toEnumValue(sick) && fetchedAt !== null)
    .filter(({ fetchedAt }) => Date.parse(fetchedAt ?? '') > after + underWayMs)
    .map(({ id }) => id);

const play = async (
  world: World,
  { sick, settings, codes, forMs = 1_600, recoversWithinMs }: Case,
): Promise<void> => {
  const { vendors } = world;
  let isOn = false;
  let switchedAt = 0;
  const switchThrough = async () => {
    for (const setting of settings) {
      if (!isOn) return;
      await vendors.switchFault(sick, setting);
      await sleep(forMs / settings.length);
    }
  };
  const measured = await weather(world, {
    sick,
    forMs,
    on: async () => {
      isOn = true;
      const [first] = settings;
      if (first) await vendors.switchFault(sick, first);
      switchedAt = Date.now();
      void switchThrough();
    },
    off: async () => {
      isOn = false;
      await vendors.endFaults();
    },
  });
  const stats = (await vendors.stats())[sick];
  const problems = countProblems(measured.sick, sick);
  const recoveredMs = await expectRecovery(world, sick, recoversWithinMs ?? quiet.recoversWithinMs);
  report(
    `${measured.figures}; ${stats.faulted} calls spoilt; ${JSON.stringify(problems)}; back after ${recoveredMs.toFixed(0)} ms`,
  );
  if (neverAnswers.has(settings[0]?.fault ?? ''))
    expect(heardOf(measured.sick, sick, switchedAt)).toEqual([]);
  // A vendor that throttles, or failed a moment ago, leaves our own quota without room.
  const expected = ['none', 'RATE_LIMITED', ...codes];
  expect(Object.keys(problems).filter((code) => !expected.includes(code))).toEqual([]);
};

describe('one replica: a vendor', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    await warmUp(world);
  });
  afterAll(() => world?.close());

  test.each(cases)('that %s troubles nobody but those who ask for it', (_what, sickness) =>
    play(world, sickness),
  );
});

const minute = 60_000;

/** Measured once more where a crowded machine spoilt it, it takes two minutes and what the breaker waits after that. */
const patienceMs = 4 * minute;

/** What replicas decide together: the others are the same in each of them. */
const shared = ['answers 429 with Retry-After', 'hangs', 'flaps', 'answers about another task'];

describeWithRedis('three replicas: a vendor', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ replicas: 3 });
    await warmUp(world);
  });
  afterAll(() => world?.close());

  const sharedCases = cases.filter(([what]) => shared.includes(what));
  test.each(sharedCases)('that %s troubles nobody but those who ask for it', (_what, sickness) =>
    play(world, sickness),
  );

  test(
    'that answers 5xx for a minute troubles nobody but those who ask for it',
    () => {
      const outage = one('zego', { fault: 'error' }, 'UNAVAILABLE');
      return play(world, { ...outage, forMs: minute, recoversWithinMs: 35_000 });
    },
    patienceMs,
  );
});
