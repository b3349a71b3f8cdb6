import type { Environment, Provider, Quota } from '../domain/provider.ts';
import { type ProviderName, toEnumValue } from '../domain/task.ts';

/** The server's own settings, from the environment. Providers read theirs through `Environment`. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Where metrics and details of the health are served to everybody who reaches it. Undefined: not on a port of its own. */
  readonly metricsPort: number | undefined;
  readonly isProduction: boolean;
  readonly logLevel: string;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly maxIdsPerQuery: number;
  readonly maxRepresentations: number;
  readonly lookupDeadlineMs: number;
  /** Bytes of JSON that the fast lane keeps; 0: it is off. */
  readonly fastLaneBytes: number;
  /** How many processes like this one ask the vendors with the same credentials. */
  readonly replicas: number;
  /** Secrets of which a caller of /graphql must send one. Empty: no secret is needed. */
  readonly routerSecrets: readonly string[];
  /** Origins of pages elsewhere that may call /graphql from a browser. */
  readonly allowedOrigins: readonly string[];
}

/** An invalid configuration. The message names every fault, and no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: Iterable<string>) {
    super(`Invalid configuration:\n${[...faults].map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** An `Environment` over named values, with the faults found in them and the secrets that were read. */
export interface GatheringEnvironment extends Environment {
  readonly faults: ReadonlySet<string>;
  readonly handedOut: ReadonlySet<string>;
  /** The names of variables whose addresses are plain http to another machine, where that is not a fault. */
  readonly plaintext: ReadonlySet<string>;
  /** Counts a value that was read otherwise as a secret, too. */
  keepSecret(value: string): void;
  /** The names of all variables that were asked for, set or not. */
  readonly asked: ReadonlySet<string>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads settings from environment variables. A variable that is empty counts as not set. */
export const createEnvironment = (variables: Variables): GatheringEnvironment => {
  // A set: providers of one vendor read the same variables.
  const faults = new Set<string>();
  const handedOut = new Set<string>();
  const asked = new Set<string>();
  const plaintext = new Set<string>();
  const fault = (name: string, problem: string) => {
    faults.add(`${name} ${problem}`);
  };
  const read = (name: string): string | undefined => {
    asked.add(name);
    return variables[name]?.trim() || undefined;
  };

  const isProduction = read('NODE_ENV')?.toLowerCase() === 'production';

  const keepSecret = (value: string): string => {
    handedOut.add(value);
    return value;
  };
  const secret = (name: string): string | undefined => {
    const value = read(name);
    return value && keepSecret(value);
  };

  return {
    faults,
    handedOut,
    plaintext,
    keepSecret,
    asked,
    fault,
    secret,
    secrets: (name) => {
      const values = (read(name) ?? '').split(',').map((value) => value.trim());
      const present = values.filter((value) => value !== '').map(keepSecret);
      if (read(name) && present.length === 0) fault(name, 'is set but holds no secret.');
      return present;
    },
    text: (name, fallback) => read(name) ?? fallback,
    credentials: <Name extends string>(...names: Name[]) => {
      const missing = names.filter((name) => !secret(name));
      if (missing.length === names.length) return undefined;
      for (const name of missing) {
        const others = names.filter((other) => !missing.includes(other));
        fault(name, `is missing, though ${others.join(' and ')} is set: set both or neither.`);
      }
      for (const name of names) {
        if (/[^\x20-\x7e]/.test(read(name) ?? ''))
          fault(name, 'holds a character that is not printable ASCII.');
      }
      return Object.fromEntries(names.map((name) => [name, read(name) ?? ''])) as Record<Name, string>;
    },
    url: (name, fallback) => {
      const value = read(name);
      if (!value) return fallback;
      const invalid = findUrlProblem(value);
      const plain = invalid === undefined ? findPlaintext(value) : undefined;
      if (plain) plaintext.add(name);
      const problem = invalid ?? (isProduction ? plain : undefined);
      if (problem) fault(name, problem);
      return value.replace(/\/+$/, '');
    },
    oneOf: (name, values) => {
      const value = read(name);
      const known = values.find((option) => option === value?.toLowerCase());
      if (value && !known) fault(name, `must be one of ${values.join(', ')}.`);
      return known ?? values[0];
    },
    integer: (name, fallback, { min, max }) => {
      const value = read(name);
      if (!value) return fallback;
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      fault(name, `must be a whole number from ${min} to ${max}.`);
      return fallback;
    },
  };
};

const findUrlProblem = (value: string): string | undefined => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an absolute http or https address.';
  if (url.username || url.password) return 'must not hold credentials: they have variables of their own.';
  if (/[?#]/.test(value)) return 'must not have a query or a fragment.';
  return undefined;
};

/** Requests to this machine itself do not cross a network. */
const findPlaintext = (value: string): string | undefined => {
  const { protocol, hostname } = new URL(value);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || isLoopback ? undefined : 'must be an https address in production.';
};

const modes = ['development', 'test', 'production'] as const;

const logLevels = ['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent'] as const;

/** Reads what the server itself needs; faults are left in the environment. */
export const readSettings = (environment: Environment): Settings => {
  const development = environment.oneOf('NODE_ENV', modes) !== 'production';
  const flag = (name: string): boolean => {
    const values = development ? (['true', 'false'] as const) : (['false', 'true'] as const);
    return environment.oneOf(name, values) === 'true';
  };
  return {
    port: environment.integer('PORT', 4000, { min: 0, max: 65_535 }),
    host: environment.text('HOST', '127.0.0.1'),
    metricsPort: environment.text('METRICS_PORT', '')
      ? environment.integer('METRICS_PORT', 0, { min: 0, max: 65_535 })
      : undefined,
    isProduction: !development,
    logLevel: environment.oneOf('LOG_LEVEL', logLevels),
    graphiql: flag('GRAPHIQL'),
    introspection: flag('INTROSPECTION'),
    maxIdsPerQuery: environment.integer('MAX_IDS_PER_QUERY', 200, { min: 1, max: 10_000 }),
    maxRepresentations: environment.integer('MAX_REPRESENTATIONS', 1_000, { min: 1, max: 10_000 }),
    fastLaneBytes: readFastLaneBytes(environment),
    lookupDeadlineMs: environment.integer('LOOKUP_DEADLINE_MS', 5_000, { min: 100, max: 60_000 }),
    replicas: environment.integer('REPLICAS', 1, { min: 1, max: 1_000 }),
    routerSecrets: readRouterSecrets(environment, !development),
    allowedOrigins: readAllowedOrigins(environment),
  };
};

const readFastLaneBytes = (environment: Environment): number => {
  const bytes = environment.integer('FAST_LANE_BYTES', 128_000_000, { min: 1_000_000, max: 10_000_000_000 });
  return environment.oneOf('FAST_LANE', ['true', 'false']) === 'true' ? bytes : 0;
};

/** Each as browsers write it: scheme, host and port, in lower case. */
const readAllowedOrigins = (environment: Environment): readonly string[] => {
  const texts = (environment.text('ALLOWED_ORIGINS', '') ?? '').split(',').map((text) => text.trim());
  const origins = texts.filter((text) => text !== '');
  if (origins.some((origin) => URL.parse(origin)?.origin !== origin)) {
    environment.fault(
      'ALLOWED_ORIGINS',
      'must hold origins such as https://dashboard.example.com, without a slash at the end, with commas between.',
    );
  }
  return origins;
};

/** 16 random characters are beyond guessing. */
const shortestSecret = 16;

const readRouterSecrets = (environment: Environment, isProduction: boolean): readonly string[] => {
  const secrets = environment.secrets('ROUTER_SECRETS');
  const isPublic = environment.oneOf('ALLOW_PUBLIC', ['false', 'true']) === 'true';
  if (isProduction && secrets.length === 0 && !isPublic) {
    environment.fault(
      'ROUTER_SECRETS',
      'is missing in production: set ALLOW_PUBLIC=true if anybody may call.',
    );
  }
  if (isProduction && secrets.some(({ length }) => length < shortestSecret)) {
    environment.fault('ROUTER_SECRETS', `holds a secret of less than ${shortestSecret} characters.`);
  }
  return secrets;
};

/** A provider's quota: the documented one, or the account's own from `<ID_PREFIX_IN_CAPS>_QPS`. */
export const readQuota = (environment: Environment, provider: Pick<Provider, 'name' | 'quota'>): Quota => {
  const { quota } = provider;
  const documented = Math.round((quota.calls * 1_000) / quota.perMs);
  const calls = environment.integer(toQuotaVariable(provider.name), documented, { min: 1, max: 10_000 });
  return calls === documented ? quota : { calls, perMs: 1_000 };
};

/** `zego` → `ZEGO_QPS`. */
export const toQuotaVariable = (name: ProviderName): string => `${toEnumValue(name)}_QPS`;
