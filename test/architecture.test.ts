import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type EnumTypeExtensionNode, Kind, parse } from 'graphql';
import { readProvidersPage, readVariables, toProvidersPage } from '../scripts/providers-page.ts';
import { createApplication } from '../src/app/application.ts';
import { toEnumValue } from '../src/domain/task.ts';
import { readSdl } from '../src/graphql/schema.ts';
import { providers } from '../src/providers/index.ts';
import {
  findBadImports,
  findBadWords,
  type ImportRule,
  importsOf,
  isPackage,
  readSources,
  type Sources,
  type WordRule,
} from './support/sources.ts';

/** Which folders may import which, and which words they may not contain. */

const root = join(import.meta.dirname, '..');
const sources = readSources();

const folder = (path: string) => new RegExp(`^${path}/`);
const domain = folder('src/domain');
const model = /^src\/generated\/model\.ts$/;
const generated = /^src\/generated\//;
const vendorHttp = folder('src/vendor-http');
const exchangeContract = /^src\/exchange\/exchange\.ts$/;

/** Its own folder, and for one API of a vendor (`volcengine/webcast`) the files that the vendor's APIs share. */
const ownProvider = (path: string): RegExp[] => {
  const [vendor = '', api] = path.split('/').slice(2, -1);
  const shared = new RegExp(`^src/providers/${vendor}/[^/]+$`);
  return api === undefined ? [shared] : [shared, folder(`src/providers/${vendor}/${api}`)];
};

const importRules: readonly ImportRule[] = [
  { name: 'the domain imports nothing else', files: domain, mayImport: () => [domain, model], packages: [] },
  {
    name: 'a provider knows its own vendor',
    files: /^src\/providers\/.+\//,
    mayImport: (path) => [domain, generated, vendorHttp, ...ownProvider(path)],
    packages: [/^node:crypto$/],
  },
  {
    name: 'the registry imports the providers and nothing else',
    files: /^src\/providers\/index\.ts$/,
    mayImport: () => [domain, /^src\/providers\/.+\/index\.ts$/],
    packages: [],
  },
  { name: 'vendor-http/ knows no vendor', files: vendorHttp, mayImport: () => [domain, model, vendorHttp] },
  {
    name: 'the lookup knows no vendor',
    files: folder('src/lookup'),
    mayImport: () => [domain, model, exchangeContract, folder('src/lookup')],
    packages: [/^lru-cache$/],
  },
  {
    name: 'the owner knows neither Redis nor any vendor',
    files: folder('src/owner'),
    mayImport: () => [domain, model, exchangeContract, folder('src/owner')],
    packages: [/^lru-cache$/],
  },
  {
    name: 'the exchange knows only the interface of the owner',
    files: folder('src/exchange'),
    mayImport: () => [domain, model, /^src\/owner\/owner\.ts$/, folder('src/exchange')],
    packages: [/^ioredis$/, /^node:/],
  },
  {
    name: 'followers know the lookup',
    files: folder('src/subscriptions'),
    mayImport: () => [domain, folder('src/lookup'), folder('src/subscriptions')],
    packages: [],
  },
  { name: 'only exchange/ imports ioredis', files: /^src\/(?!exchange\/)/, packages: [/^(?!ioredis$)/] },
  {
    name: 'the graph knows the domain and the lookup',
    files: folder('src/graphql'),
    mayImport: () => [
      domain,
      generated,
      folder('src/lookup'),
      folder('src/subscriptions'),
      folder('src/graphql'),
    ],
  },
  {
    name: 'logs, metrics and traces know what is emitted, and nobody who emits it',
    files: folder('src/observability'),
    mayImport: () => [domain, model, folder('src/observability')],
    packages: [/^prom-client$/, /^@opentelemetry\/api$/, /^node:/],
  },
  {
    name: 'only app/ knows logs, metrics and traces',
    files: /^src\/(?!app\/|observability\/)/,
    mayImport: () => [/^(?!src\/observability\/)/],
    packages: [/^(?!pino$|prom-client$|@opentelemetry\/)/],
  },
  {
    name: 'the fast lane knows the graph and the lookup',
    files: folder('src/fast-lane'),
    mayImport: () => [domain, folder('src/lookup'), folder('src/graphql'), folder('src/fast-lane')],
    packages: [/^node:zlib$/, /^graphql/, /^lru-cache$/, /^@apollo\/server$/],
  },
  { name: 'the settings know the domain', files: /^src\/app\/config\.ts$/, mayImport: () => [domain, model] },
  {
    name: 'only the demo opens the sandbox, and the dashboard',
    files: /^src\/(?!demo\.ts$)/,
    mayImport: () => [/^src\//],
  },
  { name: 'only vendor-http/ imports got', files: /^src\/(?!vendor-http\/)/, packages: [/^(?!got$)/] },
  {
    name: 'only graphql/, server/ and fast-lane/ import Apollo',
    files: /^src\/(?!graphql\/|server\/|fast-lane\/)/,
    packages: [/^(?!@apollo\/|@as-integrations\/)/],
  },
];

/** The providers' names in all spellings, and the companies and products whose APIs they are. */
const vendorWords = new RegExp(
  [
    ...providers.map(({ name }) => name.replaceAll('-', '[-_]?')),
    ...['aliyun', 'alibaba', 'volcengine', 'web-?cast', 'whiteboard', 'tencent', 'huawei'],
  ].join('|'),
);

const wordRules: readonly WordRule[] = [
  { name: 'the lookup names no vendor', files: folder('src/lookup'), never: vendorWords },
  { name: 'the owner names no vendor', files: folder('src/owner'), never: vendorWords },
  { name: 'the exchange names no vendor', files: folder('src/exchange'), never: vendorWords },
  { name: 'the fast lane names no vendor', files: folder('src/fast-lane'), never: vendorWords },
  { name: 'the graph names no vendor', files: folder('src/graphql'), never: vendorWords },
  { name: 'the settings name no vendor', files: /^src\/app\/config\.ts$/, never: vendorWords },
  {
    name: 'a provider gets time, settings, randomness and HTTP injected',
    files: folder('src/providers'),
    never:
      /process\.|Date\.now|new Date\(\s*\)|performance\.|Math\.random|random(Bytes|UUID)|set(Timeout|Interval|Immediate)\b|globalThis|(?<![.\w])fetch\(|WebSocket/,
  },
  {
    name: 'untrusted JSON is parsed in one place',
    files: /^src\/(?!domain\/json\.ts$)/,
    never: /JSON\.parse/,
  },
  {
    name: 'only entry points read the environment',
    files: /^src\/(?!(main|demo)\.ts$)/,
    // In quotes it is a string, such as one that a bundler replaces.
    never: /(?<!['"])process\.env/,
  },
];

describe('the sources', () => {
  it('were found', () => {
    expect(sources.size).toBeGreaterThan(60);
    for (const { name, files } of [...importRules, ...wordRules]) {
      const concerned = [...sources.keys()].filter((path) => files.test(path));
      expect([name, concerned.length > 0]).toEqual([name, true]);
    }
  });

  it.each(importRules.map((rule): [string, ImportRule] => [rule.name, rule]))('%s', (_, rule) => {
    expect(findBadImports(sources, [rule])).toEqual([]);
  });

  it.each(wordRules.map((rule): [string, WordRule] => [rule.name, rule]))('%s', (_, rule) => {
    expect(findBadWords(sources, [rule])).toEqual([]);
  });

  it('need no package that a production install omits, except for the build of GraphiQL', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const needed = [...sources]
      .filter(([path]) => path !== 'src/graphiql/build.ts')
      .flatMap(([path, source]) => importsOf(path, source))
      .filter((target) => isPackage(target) && !target.startsWith('node:'));
    expect([...new Set(needed)].filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

  it.each([
    ['known', 8],
    ['not known', 20],
  ])('shows a path of existing files for an answer that is %s, at most %i', (kind, most) => {
    const section = page.split(/^### /m).find((each) => each.startsWith(`A query whose answer is ${kind}`));
    const steps = [...(section ?? '').matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = '']) => path);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThanOrEqual(most);
    const isThere = (path: string): boolean =>
      providers.some(({ name }) => sources.has(`src/${path.replace('<vendor>', name)}`));
    expect(steps.filter((path) => !isThere(path))).toEqual([]);
  });
});

describe('the checker', () => {
  it('finds each kind of forbidden import in every notation, and no allowed one', () => {
    const bad: Sources = new Map([
      [
        'src/domain/task.ts',
        `import { a } from '../app/config.ts';\nimport { b } from './errors.ts';\nimport 'node:fs';`,
      ],
      [
        'src/providers/volcengine/webcast/index.ts',
        `import { a } from '../account.ts';
         import { b } from '../whiteboard/normalise.ts';
         import type { C } from '../../zego/sign.ts';
         import { d } from '../../../lookup/quota.ts';
         import { e } from '../../../vendor-http/read.ts';`,
      ],
      ['src/providers/zego/index.ts', `export { got } from "got";\nexport * from './sign.ts';`],
      ['src/lookup/lookup.ts', `const { zego } = await import('../providers/zego/index.ts');`],
      [
        'src/main.ts',
        `import { createSandbox } from '../sandbox/index.ts';\nimport { x } from '@apollo/server/errors';`,
      ],
    ]);
    expect(findBadImports(bad, importRules)).toEqual([
      'src/domain/task.ts imports src/app/config.ts (the domain imports nothing else)',
      'src/domain/task.ts imports node:fs (the domain imports nothing else)',
      'src/providers/volcengine/webcast/index.ts imports src/providers/volcengine/whiteboard/normalise.ts (a provider knows its own vendor)',
      'src/providers/volcengine/webcast/index.ts imports src/providers/zego/sign.ts (a provider knows its own vendor)',
      'src/providers/volcengine/webcast/index.ts imports src/lookup/quota.ts (a provider knows its own vendor)',
      'src/providers/zego/index.ts imports got (a provider knows its own vendor)',
      'src/lookup/lookup.ts imports src/providers/zego/index.ts (the lookup knows no vendor)',
      'src/main.ts imports sandbox/index.ts (only the demo opens the sandbox, and the dashboard)',
      'src/providers/zego/index.ts imports got (only vendor-http/ imports got)',
      'src/main.ts imports @apollo/server (only graphql/, server/ and fast-lane/ import Apollo)',
    ]);
  });

  it('finds forbidden words, except in comments and URLs', () => {
    const bad: Sources = new Map([
      [
        'src/lookup/quota.ts',
        `// as at Zego\nconst page = 'https://zego.im'; /* Huawei */ const isTencent = true;`,
      ],
      [
        'src/providers/zego/index.ts',
        'new Date(now()); new Date( ); Date.now(); Math.random(); fetch(url); JSON.parse(text); const fetchTask = open.fetch(1)',
      ],
      ['src/server/server.ts', `process.env.PORT; define('process.env.NODE_ENV')`],
    ]);
    expect(findBadWords(bad, wordRules)).toEqual([
      'src/lookup/quota.ts contains zego (the lookup names no vendor)',
      'src/lookup/quota.ts contains Tencent (the lookup names no vendor)',
      'src/providers/zego/index.ts contains new Date( ) (a provider gets time, settings, randomness and HTTP injected)',
      'src/providers/zego/index.ts contains Date.now (a provider gets time, settings, randomness and HTTP injected)',
      'src/providers/zego/index.ts contains Math.random (a provider gets time, settings, randomness and HTTP injected)',
      'src/providers/zego/index.ts contains fetch( (a provider gets time, settings, randomness and HTTP injected)',
      'src/providers/zego/index.ts contains JSON.parse (untrusted JSON is parsed in one place)',
      'src/server/server.ts contains process.env (only entry points read the environment)',
    ]);
  });
});

describe('registry, folders, SDL and .env.example', () => {
  const names = providers.map(({ name }) => name).sort();

  it('agree on which providers there are', () => {
    const folders = [...sources.keys()].flatMap((path) => {
      const [, found] = /^src\/providers\/(.+)\/index\.ts$/.exec(path) ?? [];
      return found === undefined ? [] : [found.replaceAll('/', '-')];
    });
    expect(folders.sort()).toEqual(names);

    const enumValues = parse(readSdl()).definitions.flatMap((definition) => {
      const isExtension = definition.kind === Kind.ENUM_TYPE_EXTENSION;
      const { name, values = [] } = (isExtension ? definition : {}) as Partial<EnumTypeExtensionNode>;
      return name?.value === 'MediaTaskProvider' ? values.map((value) => value.name.value) : [];
    });
    expect(enumValues.sort()).toEqual(names.map(toEnumValue).sort());
  });

  it('agree on which environment variables there are', async () => {
    const read = new Set(
      providers.flatMap((provider) => {
        const { credentials, others } = readVariables(provider);
        return [...credentials, ...others];
      }),
    );
    const byProviders = [...read];
    const everything = new Proxy<Record<string, string>>(
      {},
      {
        get: (_, name) => {
          read.add(String(name));
          return name === 'GRAPHIQL' ? 'false' : undefined;
        },
      },
    );
    const { server } = await createApplication(everything);
    await server.close();

    const example = readFileSync(join(root, '.env.example'), 'utf8');
    const listed = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(byProviders.filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.sort()).toEqual([...read].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('agree with docs/providers.md (npm run docs:providers)', () => {
    expect(readProvidersPage()).toBe(toProvidersPage(providers, readSdl()));
  });
});
