import { createEnvironment, readQuota, readSettings } from '../src/app/config.ts';
import { findUnknownVariables } from '../src/app/unknown-variables.ts';
import { providers } from '../src/providers/index.ts';

/** Made-up credentials of each vendor account. */
export const credentials = {
  'aliyun-vod': { ALIBABA_CLOUD_ACCESS_KEY_ID: 'ali-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'ali-secret' },
  visionular: { VISIONULAR_ACCESS_KEY: 'vis-key', VISIONULAR_SECRET_KEY: 'vis-secret' },
  volcengine: { VOLCENGINE_ACCESS_KEY: 'volc-key', VOLCENGINE_SECRET_KEY: 'volc-secret' },
  zego: { ZEGO_APP_ID: '1234567890', ZEGO_SERVER_SECRET: 'zego-secret' },
};

export const allCredentials: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(credentials),
);

export const endpoints = [
  'ALIYUN_VOD_ENDPOINT',
  'VISIONULAR_ENDPOINT',
  'VOLCENGINE_RTC_ENDPOINT',
  'ZEGO_ENDPOINT',
];

/** Reads all that the process reads at its start, and tells what came of it. */
export const readAll = (variables: Readonly<Record<string, string | undefined>>) => {
  const environment = createEnvironment(variables);
  const tools = { get: () => Promise.reject(new Error('not asked')), now: () => 0, randomHex: () => '00' };
  const settings = readSettings(environment);
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
