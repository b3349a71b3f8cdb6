import { describe, expect, test } from '@jest/globals';
import type { Harness } from './harness.ts';
import type { Session } from './session.ts';

/** What a provider makes of its environment. */
export const describeSettings = ({ credentials, endpoint }: Harness, session: Session): void => {
  describe('its settings', () => {
    test('is not configured without credentials, which is no fault', () => {
      const { environment, fetchTask } = session.open({ [endpoint.variable]: session.vendor.url });
      expect(fetchTask).toBeUndefined();
      expect([...environment.faults]).toEqual([]);
    });

    test('is configured by its credentials alone, and asks nobody for it', () => {
      const { environment, fetchTask } = session.open(credentials);
      expect(fetchTask).toBeInstanceOf(Function);
      expect([...environment.faults]).toEqual([]);
      expect(session.vendor.requests).toEqual([]);
    });

    test.each(Object.keys(credentials))('calls it a fault when only %s is missing', (missing) => {
      const { environment } = session.open({ ...session.variables(), [missing]: '' });
      expect([...environment.faults]).toEqual([expect.stringContaining(missing)]);
    });

    test.each([
      'rtc.example.com',
      'ftp://vendor.example',
      'https://user:word@vendor.example',
      'https://v/?a=1',
    ])('calls it a fault when its address is %s', (address) => {
      const { environment } = session.open({ ...session.variables(), [endpoint.variable]: address });
      expect([...environment.faults]).toEqual([expect.stringContaining(endpoint.variable)]);
    });

    test('tells the server its secrets, so that they can be blotted out, and repeats none in a fault', () => {
      const { environment } = session.open({ ...session.variables(), [endpoint.variable]: 'nowhere' });
      const secrets = Object.values(credentials);
      expect([...environment.handedOut]).toEqual(expect.arrayContaining(secrets));
      const faults = [...environment.faults].join('\n');
      expect(secrets.filter((secret) => faults.includes(secret))).toEqual([]);
    });
  });
};
