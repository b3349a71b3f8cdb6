import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FaultSetting, type ProviderName, providerNames } from '../../sandbox/index.ts';
import { expectHard, report } from './support/checks.ts';
import { forgetPeak, readMemory } from './support/children.ts';
import { askEntities, askOne, askPage } from './support/graph.ts';
import { ask, finalIds, newId, percentile, type Sample } from './support/load.ts';
import { sleep } from './support/time.ts';
import { openWorld, type World, warmUp } from './support/world.ts';

const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

/** A success of each vendor about nobody in particular, with a status word (raw JSON) and more fields. */
const replyWith = (provider: ProviderName, status: string, more = ''): string => {
  switch (provider) {
    case 'aliyun-vod':
      return `{"RequestId":"r","TranscodeTask":{"TaskStatus":${status}${more}}}`;
    case 'visionular':
      return `{"code":0,"msg":"ok","data":{"status":${status}${more}}}`;
    case 'volcengine-webcast':
      return `{"ResponseMetadata":{"RequestId":"r"},"Result":{"WebCastTask":{"Status":${status}${more}}}}`;
    case 'volcengine-whiteboard':
      return `{"ResponseMetadata":{"RequestId":"r"},"Result":{"status":${status}${more}}}`;
    case 'zego':
      return `{"Code":0,"Message":"","RequestId":"r","Data":{"Tencent":{"Status":${status}${more}}}}`;
  }
};

const hostileWords = [
  '"constructor"',
  '"__proto__"',
  '"toString"',
  '"hasOwnProperty"',
  '"PAUSED"',
  '""',
  '-1',
  '1e3',
];
const unreadable = ['BAD_RESPONSE'];
const whatever = ['none', 'BAD_RESPONSE'];

const bodies: [string, ProviderName, string, readonly string[]][] = [
  [
    "the document's broken sample of query_task",
    'visionular',
    fixture('visionular-document-broken.txt'),
    unreadable,
  ],
  [
    "the document's broken sample of WbTranscodeQuery",
    'volcengine-whiteboard',
    fixture('volcengine-whiteboard-document-broken.txt'),
    unreadable,
  ],
  [
    "the document's broken sample of DescribeMediaTask",
    'zego',
    fixture('zego-document-broken.txt'),
    unreadable,
  ],
  ["the document's sample in XML", 'aliyun-vod', fixture('aliyun-vod-document-xml.txt'), unreadable],
  ['JSON cut in the middle', 'zego', replyWith('zego', '"FINISH"').slice(0, 60), unreadable],
  ['nothing', 'aliyun-vod', '', unreadable],
  ['a bare null', 'visionular', 'null', unreadable],
  ['a list', 'volcengine-webcast', '[{}]', unreadable],
  [
    'a year that lost a digit',
    'aliyun-vod',
    replyWith(
      'aliyun-vod',
      '"CompleteAllSucc"',
      ',"CreationTime":"019-01-23T12:35:12Z","CompleteTime":"019-01-23T12:35:12Z"',
    ),
    ['none'],
  ],
  [
    'fields that come twice',
    'aliyun-vod',
    `{"RequestId":"a","RequestId":{},${replyWith('aliyun-vod', '"Processing","TaskStatus":"CompleteAllFail"').slice(1)}`,
    ['none'],
  ],
  [
    'a task that comes twice, once as a list',
    'visionular',
    '{"code":0,"data":{"status":"running"},"data":[]}',
    unreadable,
  ],
  [
    'a __proto__ that is a task',
    'zego',
    '{"Code":0,"Data":{"__proto__":{"Tencent":{"Status":"FINISH"}}}}',
    unreadable,
  ],
  [
    'integers past 2^53',
    'visionular',
    replyWith(
      'visionular',
      '"success"',
      ',"create_time":9007199254740993,"finish_time":1e400,"src_bitrate":123456789012345678901234567890',
    ),
    ['none'],
  ],
  [
    'integers past 2^53 as states',
    'volcengine-whiteboard',
    replyWith('volcengine-whiteboard', '9007199254740993', ',"progress":18446744073709551616'),
    whatever,
  ],
  ['a byte order mark', 'zego', `\uFEFF${replyWith('zego', '"WAITING"')}`, whatever],
  [
    'lone surrogates and zero bytes',
    'aliyun-vod',
    replyWith('aliyun-vod', '"Processing"', ',"TranscodeTaskId":null,"Title":"\\ud800\\u0000"'),
    whatever,
  ],
  ...providerNames.flatMap((provider) =>
    hostileWords.map((word): [string, ProviderName, string, readonly string[]] => [
      `the status word ${word}`,
      provider,
      replyWith(provider, word),
      whatever,
    ]),
  ),
];

describe('a reply', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ deadlineMs: 3_000 });
    await warmUp(world);
  });
  afterAll(() => world?.close());

  test.each(bodies)(
    'of %s from %s leaves the rest of the page as it is',
    async (_what, provider, body, codes) => {
      const { vendors, urls } = world;
      await vendors.switchFault(provider, { fault: 'garbage', body });
      const id = newId(provider);
      const others = providerNames.flatMap((name) => finalIds[name]);
      const sample = await ask(urls[0] ?? '', askPage([...others, id])).finally(() => vendors.endFaults());
      await expectHard(world, [sample]);
      const problems = sample.tasks.map(({ problem }) => problem?.code ?? 'none');
      expect(problems.slice(0, -1).filter((code) => code !== 'none')).toEqual([]);
      expect(codes).toContain(problems.at(-1));
      const { status } = sample.tasks.at(-1) ?? {};
      if (_what.startsWith('the status word') && problems.at(-1) === 'none') expect(status).toBe('UNKNOWN');
    },
  );

  test.each<[string, ProviderName, FaultSetting]>([
    ['100 MB', 'zego', { fault: 'huge' }],
    ['a gzip bomb', 'zego', { fault: 'gzip-bomb' }],
  ])('of %s takes less than 20 MB of memory', async (_what, provider, setting) => {
    const { vendors, urls, replicas } = world;
    const pid = replicas[0]?.pid;
    // Ordinary replies, until what a process allocates once is there.
    for (let n = 0; n < 40; n += 1) await ask(urls[0] ?? '', askOne(newId(provider)));
    await sleep(500);
    await vendors.switchFault(provider, setting);
    const samples: Sample[] = [];
    const growths: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      await sleep(150);
      const before = readMemory(pid).resident;
      forgetPeak(pid);
      samples.push(await ask(urls[0] ?? '', askOne(newId(provider))));
      growths.push((readMemory(pid).peak - before) / 2 ** 20);
    }
    await vendors.endFaults();
    const grown = percentile(growths, 0.5);
    report(`+${growths.map((growth) => growth.toFixed(1)).join(', +')} MB`);
    await expectHard(world, samples);
    expect(samples.flatMap(({ tasks }) => tasks).map(({ problem }) => problem?.code)).toEqual(
      Array.from({ length: 5 }, () => 'BAD_RESPONSE'),
    );
    expect(grown).toBeLessThan(20);
  });

  test('about one poisoned task leaves 99 good ones in the same _entities', async () => {
    const { vendors, urls } = world;
    const provider = 'volcengine-webcast';
    const ids = Array.from({ length: 100 }, () => newId(provider));
    const poisoned = ids[37] ?? '';
    await vendors.switchFault(provider, {
      fault: 'garbage',
      body: '{"Result": {"WebCastTask": 7, "__proto__": []}}',
      taskId: poisoned.slice(poisoned.lastIndexOf(':') + 1),
    });
    const [first = [], second = []] = [ids.slice(0, 50), ids.slice(50)];
    const represent = (some: readonly string[]) => some.map((id) => ({ __typename: 'WebCastTask', id }));
    // What the quota allows of them within a deadline beforehand; the whole page then.
    const before = await ask(urls[0] ?? '', askEntities(represent(second)));
    const sample = await ask(urls[0] ?? '', askEntities(represent([...first, ...second])));
    await vendors.endFaults();
    await expectHard(world, [before, sample]);
    expect(sample.tasks.map(({ id }) => id)).toEqual(ids);
    const bad = sample.tasks.filter(({ problem }) => problem !== null);
    expect(bad.map(({ id, problem }) => [id, problem?.code])).toEqual([[poisoned, 'BAD_RESPONSE']]);
  });
});

describe('a vendor whose clock is wrong', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ deadlineMs: 3_000 });
    await warmUp(world, 20);
  });
  afterAll(() => world?.close());

  test.each([5, 11, 16, -5, -11, -16])(
    'by %i minutes is asked again once with its own time, and answers',
    async (minutes) => {
      const { vendors, urls } = world;
      for (const provider of providerNames) {
        await vendors.switchFault(provider, { fault: 'clock', ms: minutes * 60_000 });
      }
      const askEach = () => ask(urls[0] ?? '', askPage(providerNames.map(newId)));
      await vendors.resetStats();
      const first = await askEach();
      const learnt = await vendors.stats();
      await sleep(300);
      await vendors.resetStats();
      const second = await askEach();
      const known = await vendors.stats();
      await vendors.endFaults();
      const calls = (stats: typeof known) => providerNames.map((provider) => stats[provider].calls);
      report(`calls at first ${calls(learnt).join(' ')}, then ${calls(known).join(' ')}`);
      await expectHard(world, [first, second]);
      const problems = [first, second].flatMap(({ tasks }) => tasks).map(({ problem }) => problem);
      expect(problems.filter((problem) => problem !== null)).toEqual([]);
      expect(Math.max(...calls(learnt))).toBeLessThanOrEqual(2);
      expect(calls(known)).toEqual(providerNames.map(() => 1));
    },
  );
});
