import assert from 'node:assert/strict';
import { until } from '../../faults/support/time.ts';
import type { Attack } from './attack.ts';
import { post } from './honest-client.ts';
import { visionularSecret } from './hostile-vendor.ts';
import { times } from './sockets.ts';

const ask = (
  target: Parameters<Attack['run']>[0],
  agent: Parameters<Attack['run']>[1],
  ids: readonly string[],
  fields: string,
): Promise<string> =>
  post(
    target,
    agent,
    JSON.stringify({
      query: `query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status problem { code message } ${fields} } }`,
      variables: { ids },
    }),
    'curious',
  );

/** On a busy machine an answer can come after the deadline of the first request: then it is known to a later one. */
const askUntil = async (expected: RegExp, send: () => Promise<string>): Promise<string> => {
  let answer = '';
  const isAsExpected = async (): Promise<boolean> => {
    answer = await send();
    return expected.test(answer);
  };
  await until(isAsExpected, { withinMs: 60_000, everyMs: 1_000, what: String(expected) });
  return answer;
};

/** What vendors answer, to callers who ask for it. */
export const vendorAttacks: readonly Attack[] = [
  {
    name: 'numbers, texts and brackets of 2 MB, and 650,000 empty jobs',
    ...{ cpuMs: 1_500, holdUpMs: 200, peakMb: 500, calls: 12 },
    run: async (target, agent) => {
      const ids = [
        'visionular:long-number',
        'visionular:escaped-quotes',
        'visionular:brackets',
        'aliyun-vod:empty-jobs',
      ];
      const answer = await askUntil(/("BAD_RESPONSE".*){3}/, () => ask(target, agent, ids, '__typename'));
      assert.ok(answer.length < 5_000);
      assert.ok(!answer.includes('"errors"'));
    },
  },
  {
    name: 'our credentials in the fields of a success, and a date of 1970',
    ...{ cpuMs: 600, holdUpMs: 200, peakMb: 550, calls: 12 },
    run: async (target, agent) => {
      const ids = ['visionular:echo', 'visionular:ancient-date'];
      const fields = '... on VisionularTranscodeTask { input }';
      const answer = await askUntil(/("SUCCEEDED".*){2}/, () => ask(target, agent, ids, fields));
      assert.ok(answer.includes('[redacted]'));
      for (const spelling of [
        visionularSecret,
        Buffer.from(visionularSecret).toString('hex'),
        Buffer.from(`visionular-key-of-attacks:${visionularSecret}`).toString('base64'),
      ]) {
        assert.ok(!answer.includes(spelling));
      }
    },
  },
  {
    name: '10 tasks with texts of 2 MB: their list is refused as an answer',
    ...{ cpuMs: 2_500, holdUpMs: 200, peakMb: 550, calls: 60 },
    run: async (target, agent) => {
      const answers = await Promise.all(
        times(3, (n) =>
          ask(
            target,
            agent,
            times(10, (m) => `visionular:large-texts-${n * 10 + m}`),
            '... on VisionularTranscodeTask { input }',
          ),
        ),
      );
      for (const answer of answers) assert.ok(answer.length < 8_000_100);
    },
  },
];
