import { readFileSync } from 'node:fs';
import { readRedisTarget } from '../exchange/redis/target.ts';
import type { GatheringEnvironment } from './config.ts';

/** Where replicas meet. */
export interface RedisSettings {
  /** See `readRedisTarget`. */
  readonly url: string;
  /** Certificates in PEM, trusted beside those that Node trusts. */
  readonly ca?: string;
}

/** Reads REDIS_URL and REDIS_CA; faults are left in the environment. Undefined: there is no Redis. */
export const readRedisSettings = (environment: GatheringEnvironment): RedisSettings | undefined => {
  const url = environment.secret('REDIS_URL');
  const ca = readCa(environment);
  if (!url) return undefined;
  for (const password of findPasswords(url)) environment.keepSecret(password);
  try {
    readRedisTarget(url, ca);
  } catch (error) {
    environment.fault('REDIS_URL', (error as Error).message);
  }
  return ca === undefined ? { url } : { url, ca };
};

/** The name of a file, as in NODE_EXTRA_CA_CERTS, or the certificates themselves. */
const readCa = (environment: GatheringEnvironment): string | undefined => {
  const value = environment.text('REDIS_CA', '');
  if (value === '') return undefined;
  try {
    const ca = value.includes(pemBegin) ? value.replaceAll('\\n', '\n') : readFileSync(value, 'utf8');
    if (ca.includes(pemBegin)) return ca;
    environment.fault('REDIS_CA', 'must be a file of certificates in PEM, or the certificates themselves.');
  } catch {
    environment.fault('REDIS_CA', 'is not a file that this user may read.');
  }
  return undefined;
};

const pemBegin = '-----BEGIN CERTIFICATE-----';

const findPasswords = (url: string): string[] =>
  [...url.matchAll(/:\/\/[^:@/,]*:([^@/]*)@|[?&]sentinelPassword=([^&]*)/g)]
    .map(([, password = '', sentinelPassword]) => sentinelPassword ?? password)
    .flatMap((password) => [password, decode(password)])
    .filter((password) => password !== '');

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
