import { rootCertificates } from 'node:tls';
import type { RedisOptions } from 'ioredis';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, as ioredis wants it. */
export type RedisTarget =
  /** One server, or the primary that sentinels name. */
  | { readonly kind: 'single'; readonly options: RedisOptions; readonly database: number }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly Address[];
      readonly options: RedisOptions;
      readonly database: 0;
    };

const redisPort = 6_379;
const sentinelPort = 26_379;

/**
 * Reads REDIS_URL: `redis://` or `rediss://` with user, password and database; `unix:/path?db=1` or a path; several,
 * comma-separated, are nodes of one cluster; `redis-sentinel://host:port,host:port/name?db=1`.
 * @param ca certificates in PEM, trusted beside those that Node trusts
 * @throws Error whose message says what is wrong and repeats nothing of the address
 */
export const readRedisTarget = (url: string, ca?: string): RedisTarget => {
  const tls = { tls: ca === undefined ? {} : { ca: [...rootCertificates, ca] } };
  const unixPath = /^(?:unix:(?:\/\/)?)?(\/[^?]*)(?:\?(.*))?$/.exec(url);
  if (unixPath) {
    const database = readDatabase(new URLSearchParams(unixPath[2]).get('db'));
    return { kind: 'single', options: { path: unixPath[1] ?? '', db: database }, database };
  }
  const [, scheme = '', login, hosts = '', path = '', query] =
    /^(rediss?|redis-sentinel):\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(
      // Each node may be an address of its own: what it adds to the first is its host.
      url.replaceAll(/,rediss?:\/\/(?:[^@,/]*@)?/g, ','),
    ) ?? [];
  if (scheme === '') {
    throw new Error(
      'must be a redis, rediss, redis-sentinel or unix address, or several with commas between.',
    );
  }
  const parameters = new URLSearchParams(query);
  const credentials = readLogin(login);
  const isSentinel = scheme === 'redis-sentinel';
  const addresses = hosts.split(',').map((host) => readAddress(host, isSentinel ? sentinelPort : redisPort));
  if (isSentinel) {
    if (path === '')
      throw new Error('must name the primary that the sentinels watch: redis-sentinel://host/name.');
    const database = readDatabase(parameters.get('db'));
    const sentinelPassword = parameters.get('sentinelPassword');
    const isSecure = parameters.get('tls') === 'true';
    return {
      kind: 'single',
      options: {
        sentinels: addresses,
        // A primary that hung and comes back is one for ten seconds more, beside the one that took its place.
        failoverDetector: true,
        name: decodeURIComponent(path),
        db: database,
        ...credentials,
        ...(sentinelPassword !== null && { sentinelPassword }),
        ...(isSecure && { ...tls, sentinelTLS: tls.tls, enableTLSForSentinelMode: true }),
      },
      database,
    };
  }
  const shared = { ...credentials, ...(scheme === 'rediss' && tls) };
  const [first = { host: '', port: redisPort }, ...others] = addresses;
  const database = readDatabase(path);
  if (others.length === 0)
    return { kind: 'single', options: { ...first, ...shared, db: database }, database };
  if (database !== 0) throw new Error('must not name a database: a cluster has only database 0.');
  return { kind: 'cluster', nodes: addresses, options: shared, database: 0 };
};

const readLogin = (login: string | undefined): RedisOptions => {
  if (login === undefined) return {};
  const [username = '', ...password] = login.split(':');
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password.length > 0 && { password: decodeURIComponent(password.join(':')) }),
  };
};

const readDatabase = (text: string | null): number => {
  const digits = (text ?? '').replace(/\/+$/, '');
  if (!/^\d{0,5}$/.test(digits)) throw new Error('must name its database by a number.');
  return Number(digits);
};

const readAddress = (text: string, defaultPort: number): Address => {
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === '') throw new Error('must name a host, and a port if it is not the usual one.');
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
};
