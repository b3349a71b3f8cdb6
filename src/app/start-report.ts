import type { ConfiguredProvider } from './accounts.ts';
import type { Settings } from './config.ts';

/** What a process says of itself when it starts. */
export interface StartReport {
  /** What is configured: no secret, no address. */
  readonly configuration: object;
  /** One sentence for each thing that is unsafe, with its remedy. */
  readonly warnings: readonly string[];
}

export interface StartReportOptions {
  readonly settings: Settings;
  readonly providers: readonly ConfiguredProvider[];
  /** REDIS_URL, if it is set. */
  readonly redisUrl: string | undefined;
  /** The variables whose addresses are plain http to another machine. */
  readonly plaintext: Iterable<string>;
}

export const createStartReport = (options: StartReportOptions): StartReport => {
  const { settings, providers, redisUrl } = options;
  const configured = providers.filter(({ account }) => account);
  return {
    configuration: {
      configured: configured.map(({ provider: { name } }) => name),
      quotas: Object.fromEntries(
        configured.map(({ provider: { name }, quota }) => [name, `${quota.calls} in ${quota.perMs} ms`]),
      ),
      redis: redisUrl !== undefined,
      replicas: settings.replicas,
      production: settings.isProduction,
      routerSecrets: settings.routerSecrets.length,
      allowedOrigins: settings.allowedOrigins.length,
      graphiql: settings.graphiql,
      introspection: settings.introspection,
      maxIdsPerQuery: settings.maxIdsPerQuery,
      maxRepresentations: settings.maxRepresentations,
      lookupDeadlineMs: settings.lookupDeadlineMs,
    },
    warnings: [...findWarnings(options, configured.length)],
  };
};

/** As for the secrets of a production. */
const shortestSecret = 16;

const findWarnings = function* (
  { settings, redisUrl, plaintext }: StartReportOptions,
  configured: number,
): Generator<string> {
  const { routerSecrets, isProduction, host, replicas } = settings;
  const isReachable = isProduction || !isLoopback(host);
  if (configured === 0)
    yield 'No provider has credentials: every task will have the problem PROVIDER_NOT_CONFIGURED.';
  if (isReachable && routerSecrets.length === 0)
    yield 'Anybody who reaches this port can use the quota of every account: set ROUTER_SECRETS.';
  if (isReachable && routerSecrets.some(({ length }) => length < shortestSecret))
    yield `A secret of ROUTER_SECRETS is shorter than ${shortestSecret} characters: it can be guessed.`;
  if (isReachable && settings.graphiql) yield 'GraphiQL is served to everybody: set GRAPHIQL=false.';
  if (isReachable && settings.introspection)
    yield 'The schema is shown to everybody who may ask: set INTROSPECTION=false if it is not public.';
  if (!isProduction && !isLoopback(host))
    yield 'Other machines reach this server, and NODE_ENV is not production: its stricter rules do not hold.';
  if (replicas > 1 && redisUrl === undefined)
    yield `REPLICAS is ${replicas} without REDIS_URL: each replica uses the whole quota of each account.`;
  if (redisUrl !== undefined && isPlainRedis(redisUrl))
    yield 'What replicas tell each other crosses the network in plain text: use rediss:// in REDIS_URL.';
  for (const name of plaintext)
    yield `${name} is plain http to another machine: signatures and answers can be read on the way.`;
};

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

const isPlainRedis = (url: string): boolean =>
  /^redis(-sentinel)?:/.test(url) && !hostsOf(url).every((host) => isLoopback(host.replace(/:\d+$/, '')));

const hostsOf = (url: string): readonly string[] =>
  url.split(',').map((part) =>
    part
      .replace(/^[\w-]+:\/\//, '')
      .replace(/^.*@/, '')
      .replace(/[/?].*$/, ''),
  );
