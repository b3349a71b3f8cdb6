import { describe, expect, it } from '@jest/globals';
import { createApplication } from '../../src/app/application.ts';
import { endpoints, faultsOf, readAll } from '../settings.ts';

/** What a process refuses to start with, in production and as to origins. */

const secret = 'sixteen-letters.';
const production = { NODE_ENV: 'production', ROUTER_SECRETS: secret };

describe('production', () => {
  it('without ROUTER_SECRETS does not start, unless ALLOW_PUBLIC says that anybody may call', async () => {
    const start = createApplication({ NODE_ENV: 'production' });
    await expect(start).rejects.toThrow(/ROUTER_SECRETS is missing in production: set ALLOW_PUBLIC=true/);
    expect(faultsOf({ NODE_ENV: ' Production ' })).toHaveLength(1);
    expect(faultsOf({ NODE_ENV: 'production', ALLOW_PUBLIC: 'false' })).toHaveLength(1);
    expect(faultsOf({ NODE_ENV: 'production', ALLOW_PUBLIC: 'true' })).toEqual([]);
    expect(faultsOf(production)).toEqual([]);
    expect(faultsOf({})).toEqual([]);
  });

  it('with a secret of less than 16 characters does not start, and the message does not show it', () => {
    const faults = faultsOf({ NODE_ENV: 'production', ROUTER_SECRETS: `${secret},${secret.slice(1)}` });
    expect(faults).toEqual(['ROUTER_SECRETS holds a secret of less than 16 characters.']);
    expect(readAll({ ROUTER_SECRETS: 'short' }).faults).toEqual([]);
  });

  it.each(endpoints)('with plain http to %s does not start, this machine itself excepted', (name) => {
    const withAddress = (address: string) => faultsOf({ ...production, [name]: address });
    for (const address of [
      'http://vendor.example.com/a',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
    ]) {
      expect(withAddress(address)).toEqual([`${name} must be an https address in production.`]);
      expect(faultsOf({ [name]: address })).toEqual([]);
    }
    for (const address of [
      'https://vendor.example.com/a',
      'http://127.0.0.1:1',
      'http://localhost:1',
      'http://[::1]:1',
    ]) {
      expect(withAddress(address)).toEqual([]);
    }
  });
});

describe('ALLOWED_ORIGINS', () => {
  it('holds origins as browsers write them', () => {
    const { settings, faults } = readAll({
      ALLOWED_ORIGINS: ' https://a.example.com,http://localhost:3000, ',
    });
    expect(faults).toEqual([]);
    expect(settings.allowedOrigins).toEqual(['https://a.example.com', 'http://localhost:3000']);
  });

  it.each([
    'https://a.example.com/',
    'a.example.com',
    'https://A.example.com',
    '*',
    'https://a.example.com:443',
    'null',
  ])('%s is a fault', (origin) => {
    expect(faultsOf({ ALLOWED_ORIGINS: `https://b.example.com,${origin}` })).toHaveLength(1);
  });
});
