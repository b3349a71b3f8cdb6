import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';
import { createInstruments } from '../../src/observability/metrics.ts';

/** Alerts and dashboard ask for what the program tells. */

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const dashboard = JSON.parse(read('deploy/grafana/dashboards/media-tasks.json')) as {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const { groups } = parse(read('deploy/prometheus/rules.yml')) as {
  groups: { rules: { alert: string; expr: string; labels: { severity: string } }[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** The labels of each metric, by the name that an expression has for it. */
const labelsOf = new Map<string, readonly string[]>();
const registry = new Registry();

beforeAll(() => {
  collectDefaultMetrics({ register: registry });
  createInstruments(registry);
  for (const metric of registry.getMetricsAsArray()) {
    const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: readonly string[] };
    for (const suffix of String(metric.type) === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
      labelsOf.set(name + suffix, suffix === '_bucket' ? [...labelNames, 'le'] : labelNames);
  }
});

afterAll(() => registry.clear());

/** Metrics of an expression, each with the labels that select or group. */
const metricsIn = (expression: string): { name: string; labels: string[] }[] =>
  [...expression.matchAll(/\b((?:media_tasks|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selectors = '']) => ({
      name,
      labels: [...selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );

/** Labels that Prometheus adds to each series. */
const ofTarget = ['job', 'instance'];

const expressions: [string, string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...dashboard.templating.list.map(({ name, query }): [string, string] => [
    name,
    typeof query === 'string' ? query : query.query,
  ]),
];

test.each(expressions)('%s asks for metrics and labels that exist', (_, expression) => {
  for (const { name, labels } of metricsIn(expression)) {
    expect([...labelsOf.keys()]).toContain(name);
    expect([...(labelsOf.get(name) ?? []), ...ofTarget]).toEqual(expect.arrayContaining(labels));
  }
  const names = metricsIn(expression).map(({ name }) => name);
  const known = [...names.flatMap((name) => labelsOf.get(name) ?? []), ...ofTarget];
  for (const [, list = ''] of expression.matchAll(/\b(?:by|ignoring) \(([^)]+)\)/g))
    expect(known).toEqual(expect.arrayContaining(list.split(', ')));
});

test('every metric of this program is in the dashboard or in an alert, but for what only explains others', () => {
  const used = new Set(
    expressions.flatMap(([, expression]) => metricsIn(expression).map(({ name }) => name)),
  );
  const own = [...labelsOf.keys()].filter(
    (name) => name.startsWith('media_tasks_') && !/_(sum|count)$/.test(name),
  );
  expect(own.filter((name) => !used.has(name)).sort()).toEqual([
    'media_tasks_build_info',
    'media_tasks_lookup_wait_seconds_bucket',
    'media_tasks_quota_share',
    'media_tasks_response_bytes_total',
    'media_tasks_subscription_results_total',
    'media_tasks_subscriptions_ended_total',
    'media_tasks_vendor_response_bytes_total',
  ]);
});

describe('the dashboard', () => {
  test('has panels with ids of their own, side by side, within 24 columns', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('has the members that Grafana imports a dashboard by', () => {
    expect(dashboard).toMatchObject({ uid: 'media-tasks', title: 'Media tasks', editable: true });
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    for (const { targets = [] } of panels) {
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });
});

describe('the alerts', () => {
  test('are all tested', () => {
    const { tests } = parse(read('deploy/prometheus/rules.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[];
    };
    const fired = tests
      .flatMap((one) => one.alert_rule_test)
      .filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect(fired.map(({ alertname }) => alertname)).toEqual(rules.map(({ alert }) => alert));
    for (const { labels } of rules) expect(['warning', 'critical']).toContain(labels.severity);
  });

  const promise = 'fire when they should, by promtool';
  const canRun = spawnSync('promtool', ['--version']).status === 0 || process.env.CI === 'true';
  if (!canRun) {
    process.stderr.write(`Skipped: "${promise}" needs promtool on the PATH (Debian: prometheus).\n`);
    test.skip(`${promise} [skipped: there is no promtool on the PATH]`, () => undefined);
    return;
  }

  test(promise, () => {
    const folder = join(root, 'deploy/prometheus');
    execFileSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    const output = execFileSync('promtool', ['test', 'rules', join(folder, 'rules.test.yml')]).toString();
    expect(output).toContain('SUCCESS');
  });
});
