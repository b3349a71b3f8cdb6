import { describe, expect, test } from '@jest/globals';
import type { Harness } from './harness.ts';
import type { Session } from './session.ts';

/** How a provider reads its environment. */
export const describeSettings = ({ credentials, endpoint }: Harness, session: Session): void => {
  describe('its settings', () => {
    test('is not configured without credentials, which is no fault', () => {
      const { environment, fetchTask } = session.open({ [endpoint.variable]: session.vendor.url });
      expect(fetchTask).toBeUndefined();
      expect([...environment.faults]).toEqual([]);
    });

    test('is configured by its credentials alone, without a request', () => {
      const { environment, fetchTask } = session.open(credentials);
      expect(fetchTask).toBeInstanceOf(Function);
      expect([...environment.faults]).toEqual([]);
      expect(session.vendor.requests).toEqual([]);
    });

    test('reports a fault when one of its credentials is missing', () => {
      const names = Object.keys(credentials);
      for (const missing of names.length > 1 ? names : []) {
        const { environment } = session.open({ ...session.variables(), [missing]: '' });
        expect([...environment.faults]).toEqual([expect.stringContaining(missing)]);
      }
    });

    test('reports a fault when its endpoint is not a URL', () => {
      const { environment } = session.open({
        ...session.variables(),
        [endpoint.variable]: 'rtc.example.com',
      });
      expect([...environment.faults]).toEqual([expect.stringContaining(endpoint.variable)]);
    });

    test('ignores slashes at the end of its endpoint', async () => {
      const variables = session.variables();
      const askAt = async (address: string | undefined) => {
        const { target } = await session.askAndSeeWith({ ...variables, [endpoint.variable]: address ?? '' });
        return target.split('?')[0];
      };
      const path = await askAt(variables[endpoint.variable]);
      expect(path?.startsWith(endpoint.path ?? '/')).toBe(true);
      expect(await askAt(`${variables[endpoint.variable]}//`)).toBe(path);
    });

    test('declares its secrets for redaction, and repeats none in a fault', () => {
      const { environment } = session.open({ ...session.variables(), [endpoint.variable]: 'nowhere' });
      const secrets = Object.values(credentials);
      expect([...environment.handedOut]).toEqual(expect.arrayContaining(secrets));
      const faults = [...environment.faults].join('\n');
      expect(secrets.filter((secret) => faults.includes(secret))).toEqual([]);
    });
  });
};
