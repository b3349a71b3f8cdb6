import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { createSandbox } from '../../sandbox/index.ts';
import { readStages } from './dockerfile.ts';

/** What the files for containers say of each other and of the program. No engine runs them here. */

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const knownVariables = new Set(
  [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name),
);

/** How long the program may take to end after SIGTERM, in seconds. */
const drainSeconds = Number(/drainMs = ([\d_]+)/.exec(read('src/main.ts'))?.[1]?.replace('_', '')) / 1_000;

const [, nodeVersion] = /^ARG NODE_IMAGE=node:([\d.]+)-bookworm-slim$/m.exec(read('Dockerfile')) ?? [];
const stages = readStages(join(root, 'Dockerfile'));
const imageUser = stages.get('')?.find(({ name }) => name === 'USER')?.text ?? '';

describe('the Dockerfile', () => {
  test('takes the Node that the tests run with', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
    expect(packages['node_modules/node']).toMatchObject({ version: nodeVersion });
    for (const [, [from]] of stages) expect(from?.text).toMatch(/^\$\{NODE_IMAGE\}( AS \w+)?$/);
  });

  test('starts Node with the options of `npm start`', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    const options = scripts.start.match(/--\S+=\S+/g) ?? [];
    expect(options).not.toEqual([]);
    const command = read('Dockerfile')
      .split('\n')
      .findLast((line) => line.startsWith('CMD'));
    expect(command).toBe(`CMD ${JSON.stringify(['node', ...options, 'src/main.ts']).replaceAll(',', ', ')}`);
  });

  test('names a user by number, and needs no curl', () => {
    expect(imageUser).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    expect(read('Dockerfile')).not.toMatch(/\b(curl|wget)\b/);
  });
});

interface Service {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: object;
  readonly deploy?: { readonly replicas?: number };
  readonly stop_grace_period?: string;
}

describe('compose.yaml', () => {
  const { services } = parse(read('compose.yaml')) as { services: Record<string, Service> };
  const { subgraph = {}, grafana = {}, prometheus = {} } = services;
  const environment = subgraph.environment ?? {};

  test('pins each image to a version, and opens ports on this machine only', () => {
    const images = Object.values(services).flatMap(({ image }) => image ?? []);
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-\w+)?$/);
    for (const port of Object.values(services).flatMap(({ ports = [] }) => ports))
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('mounts what there is', () => {
    const sources = [...(prometheus.volumes ?? []), ...(grafana.volumes ?? [])]
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => source.startsWith('.'));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(sources).toHaveLength(3);
  });

  test('gives the subgraph variables that exist, its replicas, and the time to end', () => {
    expect(Object.keys(environment).filter((name) => !knownVariables.has(name))).toEqual([]);
    expect(Number(environment.REPLICAS)).toBe(subgraph.deploy?.replicas);
    expect(Number.parseInt(subgraph.stop_grace_period ?? '', 10)).toBeGreaterThan(drainSeconds);
    const redis = new URL(environment.REDIS_URL ?? '').hostname;
    expect(Object.keys(services)).toContain(redis);
  });

  test('lets Prometheus find the replicas and its rules, and Grafana find Prometheus and the dashboard', () => {
    const config = parse(read('deploy/prometheus/prometheus.yml'));
    expect(config.scrape_configs[0].dns_sd_configs[0]).toMatchObject({
      names: ['subgraph'],
      port: Number(environment.METRICS_PORT),
    });
    for (const file of config.rule_files)
      expect(existsSync(join(root, 'deploy/prometheus', file))).toBe(true);
    const provisioning = 'deploy/grafana/provisioning';
    const [source] = parse(read(`${provisioning}/datasources/prometheus.yaml`)).datasources;
    expect(Object.keys(services)).toContain(new URL(source.url).hostname);
    const [provider] = parse(read(`${provisioning}/dashboards/files.yaml`)).providers;
    const home = grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    const mounted = grafana.volumes?.find((volume) => volume.includes(`:${provider.options.path}:`));
    const [folder = ''] = mounted?.split(':') ?? [];
    expect(existsSync(join(root, folder, home.replace(provider.options.path, '')))).toBe(true);
  });

  test('lets the subgraph ask the sandbox with its credentials', async () => {
    const { NODE_ENV, GRAPHIQL, ...variables } = parseEnv(read('deploy/sandbox.env'));
    const sandbox = await createSandbox();
    await sandbox.close();
    const origins = Object.values(sandbox.urls).map((url) => new URL(url).origin);
    const inCompose = (value: string) =>
      origins.reduce((text, origin, index) => text.replace(origin, `http://sandbox:${4_400 + index}`), value);
    const expected = Object.entries(sandbox.environment()).map(([name, value]) => [name, inCompose(value)]);
    expect(variables).toEqual(Object.fromEntries(expected));
  });
});

describe('deploy/kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS());
  const find = (kind: string) => documents.find((document) => document.kind === kind);
  const { template, selector } = find('Deployment').spec;
  const [container] = template.spec.containers;
  const variable = (name: string) =>
    container.env.find((each: { name: string }) => each.name === name)?.value as string;

  test('is about the same pods everywhere', () => {
    for (const labels of [
      selector.matchLabels,
      template.metadata.labels,
      find('Service').spec.selector,
      find('PodDisruptionBudget').spec.selector.matchLabels,
    ])
      expect(labels).toEqual({ app: 'media-tasks' });
    expect(find('HorizontalPodAutoscaler').spec.scaleTargetRef.name).toBe(find('Deployment').metadata.name);
    expect(container.envFrom[0].secretRef.name).toBe(find('Secret').metadata.name);
  });

  test('names ports that are open, paths that exist and variables that are read', () => {
    const ports = new Map(
      container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
    );
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    for (const { httpGet } of probes) {
      expect(ports.get(httpGet.port)).toBe(4_000);
      expect(read('src/server/operations.ts').includes(`'${httpGet.path}'`)).toBe(true);
    }
    expect(ports.has(find('Service').spec.ports[0].targetPort)).toBe(true);
    expect(String(ports.get('metrics'))).toBe(variable('METRICS_PORT'));
    expect(template.metadata.annotations['prometheus.io/port']).toBe(variable('METRICS_PORT'));
    const names = [
      ...container.env.map(({ name }: { name: string }) => name),
      ...Object.keys(find('Secret').stringData),
    ];
    expect(names.filter((name) => !knownVariables.has(name))).toEqual([]);
  });

  test('leaves time for the drain, and runs as the user of the image', () => {
    const { terminationGracePeriodSeconds, securityContext } = template.spec;
    const { seconds } = container.lifecycle.preStop.sleep;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(seconds + drainSeconds);
    expect(`${securityContext.runAsUser}:${securityContext.runAsGroup}`).toBe(imageUser);
  });

  test('divides quotas among as many replicas as there can be, and scales by the processor', () => {
    const { maxReplicas, metrics } = find('HorizontalPodAutoscaler').spec;
    const { maxSurge } = find('Deployment').spec.strategy.rollingUpdate;
    expect(variable('REPLICAS')).toBe(String(maxReplicas + maxSurge));
    expect(metrics.map((metric: { resource: { name: string } }) => metric.resource.name)).toEqual(['cpu']);
  });
});
