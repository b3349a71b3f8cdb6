import { describe, expect, test } from '@jest/globals';
import { useSession } from '../../conformance/session.ts';
import { harness, taskId, v1Harness } from './harness.ts';

describe('Visionular requests with HTTP Basic', () => {
  const session = useSession(harness);

  test('ask the path of the endpoint for the task, with both headers of the vendor SDK', async () => {
    const { target, query, headers } = await session.askAndSee();
    expect(target.startsWith('/vodencoding/v1/query_task?')).toBe(true);
    expect(Object.fromEntries(query)).toEqual({ task_id: taskId });
    const basic = Buffer.from('made-up-key-0001:made-up-secret-of-visionular').toString('base64');
    expect(headers).toMatchObject({ 'auth-type': 'use-basic', authorization: `Basic ${basic}` });
  });
});

describe('Visionular requests with the V1 signature', () => {
  const session = useSession(v1Harness);

  test('carry the date they are signed with, a nonce and the access key', async () => {
    const { target, headers } = await session.askAndSee();
    expect(target.startsWith('/api/query_task?task_id=')).toBe(true);
    expect(headers.date).toBe('Wed, 04 Mar 2026 12:00:00 GMT');
    expect(headers['x-wz-nonce']).toMatch(/^[0-9a-f]{16}$/);
    expect(headers.authorization).toMatch(
      /^Visionular AccessKeyId=made-up-key-0001, Signature=[A-Za-z0-9+/]{27}=$/,
    );
  });

  test('an undocumented way to sign is a fault of the settings', () => {
    const { environment } = session.open({ ...session.variables(), VISIONULAR_AUTH: 'v3' });
    expect([...environment.faults]).toEqual(['VISIONULAR_AUTH must be one of basic, v1.']);
  });
});
