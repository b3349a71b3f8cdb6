import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnumTypeExtensionNode, Kind, parse } from 'graphql';
import { toQuotaVariable } from '../src/app/config.ts';
import type { Environment, Provider } from '../src/domain/provider.ts';
import { toEnumValue } from '../src/domain/task.ts';
import { toRootField } from '../src/graphql/resolvers.ts';
import { readSdl } from '../src/graphql/schema.ts';
import { providers as allProviders } from '../src/providers/index.ts';

/** The variables that a provider reads, by their purpose. */
export interface ProviderVariables {
  readonly credentials: readonly string[];
  readonly others: readonly string[];
}

/** The variables that opening a provider reads when its credentials are set. */
export const readVariables = (provider: Provider): ProviderVariables => {
  const credentials = new Set<string>();
  const others = new Set<string>();
  const note = <Value>(name: string, value: Value): Value => {
    others.add(name);
    return value;
  };
  const environment: Environment = {
    credentials: <Name extends string>(...names: Name[]) => {
      for (const name of names) credentials.add(name);
      return Object.fromEntries(names.map((name) => [name, '1'])) as Record<Name, string>;
    },
    secret: (name) => note(name, undefined),
    secrets: (name) => note(name, []),
    url: (name, fallback) => note(name, fallback),
    oneOf: (name, [first]) => note(name, first),
    text: (name, fallback) => note(name, fallback),
    integer: (name, fallback) => note(name, fallback),
    fault: () => undefined,
  };
  const tools = { now: () => 0, randomHex: () => '' };
  provider.open(environment, tools);
  provider.jobKind?.open(environment, tools);
  others.add(toQuotaVariable(provider.name));
  return { credentials: [...credentials], others: [...others] };
};

/** The SDL's description of a provider, in one paragraph. */
const describe = ({ name }: Provider, sdl: string): string => {
  const values = parse(sdl).definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_EXTENSION ? ((definition as EnumTypeExtensionNode).values ?? []) : [],
  );
  return values.find((value) => value.name.value === toEnumValue(name))?.description?.value ?? '';
};

const toRow = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const toCode = (text: string): string => `\`${text}\``;

const toIdGrammar = ({ name, keyFields }: Provider): string =>
  [name, ...keyFields.map((field) => `<${field.oneOf?.join(' or ').toLowerCase() ?? field.name}>`)].join(':');

/** The page of all providers, in Markdown. */
export const toProvidersPage = (providers: readonly Provider[], sdl: string): string => {
  const ids = providers.map((provider) =>
    toRow(
      describe(provider, sdl),
      toCode(toIdGrammar(provider)),
      toCode(provider.typename),
      toCode(
        `${toRootField(provider.typename)}(${provider.keyFields.map(({ name }) => `${name}:`).join(', ')})`,
      ),
      `${provider.quota.calls} in ${provider.quota.perMs} ms`,
    ),
  );
  const settings = providers.map((provider) => {
    const { credentials, others } = readVariables(provider);
    return toRow(toCode(provider.name), credentials.map(toCode).join(', '), others.map(toCode).join(', '));
  });
  return `# Providers

Written by \`npm run docs:providers\` from the registry and the SDL: edit those.

| Provider | Id | Type | Root field | Quota, unless set otherwise |
|---|---|---|---|---|
${ids.join('\n')}

Each part of an id is percent-encoded as by JavaScript's \`encodeURIComponent\`.

| Provider | Credentials | Other settings |
|---|---|---|
${settings.join('\n')}
`;
};

/** The path of the page, and its current content. */
export const providersPage = join(import.meta.dirname, '../docs/providers.md');

export const readProvidersPage = (): string => readFileSync(providersPage, 'utf8');

if (import.meta.main) writeFileSync(providersPage, toProvidersPage(allProviders, readSdl()));
