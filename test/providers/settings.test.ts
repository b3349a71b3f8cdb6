import { describe, expect, test } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import { allCredentials, credentials, credentialsOf, endpoints, faultsOf, readAll } from '../settings.ts';

describe('a provider', () => {
  test('has a harness of the conformance suite', () => {
    expect([...credentials.keys()].sort()).toEqual(providers.map(({ name }) => name).sort());
  });

  test.each([...credentials])(
    'is configured when the credentials of %s are set, and no provider with others is',
    (_name, own) => {
      const sameAccount = providers.filter(
        ({ name }) => String(Object.keys(credentialsOf(name))) === String(Object.keys(own)),
      );
      const { configured, faults } = readAll(own);
      expect(configured).toEqual(sameAccount.map(({ name }) => name));
      expect(faults).toEqual([]);
    },
  );

  test('of two credentials reports one fault when one is missing', () => {
    const { VOLCENGINE_ACCESS_KEY = '' } = credentialsOf('volcengine-webcast');
    const fault =
      'VOLCENGINE_SECRET_KEY is missing, though VOLCENGINE_ACCESS_KEY is set: set both or neither.';
    expect(faultsOf({ VOLCENGINE_ACCESS_KEY, VOLCENGINE_SECRET_KEY: ' ' })).toEqual([fault]);
  });

  test.each(['abc', '-1', '1.5', '4294967296', '12345678901', '0x10', '1e3', '１２３'])(
    'refuses the ZEGO app id %j, which is no number of 32 bits',
    (ZEGO_APP_ID) => {
      expect(faultsOf({ ...credentialsOf('zego'), ZEGO_APP_ID })).toContain(
        'ZEGO_APP_ID must be a whole number up to 4294967295.',
      );
    },
  );

  test.each(['ALIBABA_CLOUD_SECURITY_TOKEN', 'VOLCENGINE_SESSION_TOKEN'])(
    'refuses %s without the key it belongs to',
    (name) => {
      expect(faultsOf({ [name]: 'a-token' })).toEqual([`${name} is set without the key it belongs to.`]);
    },
  );

  test('refuses credentials that are invalid in a header', () => {
    const faults = faultsOf({ ...credentialsOf('visionular'), VISIONULAR_SECRET_KEY: 'two\nlines' });
    expect(faults).toEqual(['VISIONULAR_SECRET_KEY holds a character that is not printable ASCII.']);
  });

  test('takes the largest ZEGO app id there can be', () => {
    expect(faultsOf({ ...credentialsOf('zego'), ZEGO_APP_ID: '4294967295' })).toEqual([]);
  });

  test.each(endpoints)('takes any absolute http or https address as %s', (name) => {
    for (const address of [
      'http://127.0.0.1:4010',
      'https://proxy.example/a/b/',
      'HTTPS://[::1]:8443',
      'http://h//',
    ])
      expect(faultsOf({ [name]: address })).toEqual([]);
  });

  const absolute = 'must be an absolute http or https address.';
  const apart = 'must not hold credentials: they have variables of their own.';
  const bare = 'must not have a query or a fragment.';

  test.each([
    ['vendor.example', absolute],
    ['/path', absolute],
    ['ftp://h', absolute],
    ['file:///etc/passwd', absolute],
    ['javascript:alert(1)', absolute],
    ['http://', absolute],
    ['http://h:99999', absolute],
    ['http://user@h', apart],
    ['http://user:pass@h', apart],
    ['https://:pass@h', apart],
    ['http://h/?a=b', bare],
    ['http://h/#a', bare],
    ['http://h/?', bare],
    ['http://h/#', bare],
  ])('refuses the endpoint %s, configured or not: it %s', (address, problem) => {
    for (const name of endpoints) {
      expect(faultsOf({ [name]: address })).toEqual([`${name} ${problem}`]);
      expect(faultsOf({ ...allCredentials, [name]: address })).toEqual([`${name} ${problem}`]);
    }
  });
});
