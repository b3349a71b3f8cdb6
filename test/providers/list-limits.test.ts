import { expect, it } from '@jest/globals';
import { readAnswer } from '../../src/providers/aliyun-vod/read.ts';

const toReply = (jobs: number) => ({
  status: 200,
  header: () => undefined,
  body: `{"TranscodeTask":{"TranscodeJobInfoList":[${Array(jobs).fill('{}').join(',')}]}}`,
});

it('an answer with 650,000 empty jobs is unreadable, and nothing of it is kept', () => {
  expect(toReply(650_000).body.length).toBeLessThan(2 * 1024 * 1024);
  expect(readAnswer(toReply(1_000), 'a', 0)?.jobs).toHaveLength(1_000);
  expect(() => readAnswer(toReply(650_000), 'a', 0)).toThrow(
    expect.objectContaining({ name: 'LookupError', code: 'BAD_RESPONSE' }),
  );
});
