import { createEnvironment, readQuota, readSettings } from '../src/app/config.ts';
import { readRedisSettings } from '../src/app/redis-settings.ts';
import { findUnknownVariables } from '../src/app/unknown-variables.ts';
import type { ProviderName } from '../src/domain/task.ts';
import { providers } from '../src/providers/index.ts';
import { harnesses } from './conformance/harnesses.ts';

type Variables = Readonly<Record<string, string>>;

/** Fake credentials of each provider, by its name; providers of one account have the same. */
export const credentials: ReadonlyMap<ProviderName, Variables> = new Map(
  harnesses.map((harness) => [harness.provider.name, harness.credentials]),
);

export const credentialsOf = (name: ProviderName): Variables => credentials.get(name) ?? {};

export const allCredentials: Variables = Object.assign({}, ...credentials.values());

/** The variables that hold vendors' addresses. */
export const endpoints: readonly string[] = [...new Set(harnesses.map(({ endpoint }) => endpoint.variable))];

/** Reads all settings as at the start of the process. */
export const readAll = (variables: Readonly<Record<string, string | undefined>>) => {
  const environment = createEnvironment(variables);
  const tools = { now: () => 0, randomHex: () => '00' };
  const settings = { ...readSettings(environment), redis: readRedisSettings(environment) };
  const quotas = Object.fromEntries(
    providers.map((provider) => [provider.name, readQuota(environment, provider)]),
  );
  const configured = providers
    .filter((provider) => provider.open(environment, tools))
    .map(({ name }) => name);
  const { faults, handedOut, asked } = environment;
  const unknown = findUnknownVariables(Object.keys(variables), asked);
  return { settings, quotas, configured, faults: [...faults], handedOut, unknown };
};

export const faultsOf = (variables: Readonly<Record<string, string | undefined>>) =>
  readAll(variables).faults;
