import { describe, expect, test } from '@jest/globals';
import { allCredentials, credentials, endpoints, faultsOf, readAll } from '../settings.ts';

describe('a provider', () => {
  test.each([
    ['aliyun-vod', ['aliyun-vod']],
    ['visionular', ['visionular']],
    ['volcengine', ['volcengine-webcast', 'volcengine-whiteboard']],
    ['zego', ['zego']],
  ] as const)('is configured when the credentials of %s are there, and no other is', (account, names) => {
    const { configured, faults } = readAll(credentials[account]);
    expect(configured).toEqual(names);
    expect(faults).toEqual([]);
  });

  test.each(Object.values(credentials).flatMap((both) => Object.keys(both).map((name) => ({ name, both }))))(
    'refuses to start when $name is missing from its pair, and says so once',
    ({ name, both }) => {
      const other = Object.keys(both).find((known) => known !== name);
      const fault = `${name} is missing, though ${other} is set: set both or neither.`;
      expect(faultsOf({ ...both, [name]: ' ' })).toEqual([fault]);
    },
  );

  test.each(['abc', '-1', '1.5', '4294967296', '12345678901', '0x10', '1e3', '１２３'])(
    'refuses the ZEGO app id %j, which is no number of 32 bits',
    (ZEGO_APP_ID) => {
      expect(faultsOf({ ...credentials.zego, ZEGO_APP_ID })).toContain(
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

  test('refuses credentials that no header can carry', () => {
    const faults = faultsOf({ ...credentials.visionular, VISIONULAR_SECRET_KEY: 'two\nlines' });
    expect(faults).toEqual(['VISIONULAR_SECRET_KEY holds a character that is not printable ASCII.']);
  });

  test('takes the largest ZEGO app id there can be', () => {
    expect(faultsOf({ ...credentials.zego, ZEGO_APP_ID: '4294967295' })).toEqual([]);
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
