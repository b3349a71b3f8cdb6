import { describe, expect, test } from '@jest/globals';
import { useSession } from '../../conformance/session.ts';
import { harness, taskId } from './harness.ts';

describe('Aliyun VOD requests', () => {
  const session = useSession(harness);

  test('ask GetTranscodeTask for JSON, with every required parameter', async () => {
    const { target, query } = await session.askAndSee();
    expect(target.startsWith('/?')).toBe(true);
    expect(Object.fromEntries(query)).toEqual({
      AccessKeyId: 'LTAI-made-up-key',
      Action: 'GetTranscodeTask',
      Format: 'JSON',
      SecurityToken: 'made-up+token/of=sts',
      Signature: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      SignatureVersion: '1.0',
      Timestamp: '2026-03-04T12:00:00Z',
      TranscodeTaskId: taskId,
      Version: '2017-03-21',
    });
  });

  test('send no token where there is none', async () => {
    const { ALIBABA_CLOUD_SECURITY_TOKEN: _token, ...variables } = session.variables();
    session.vendor.willSay(harness.unknownTask);
    await session.open(variables).fetchTask?.(harness.key, session.call());
    expect(session.vendor.requests.at(-1)?.query.has('SecurityToken')).toBe(false);
  });
});
