import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type EnumTypeDefinitionNode, Kind, parse } from 'graphql';
import { readSdl } from '../../src/graphql/schema.ts';
import { metricDefinitions } from '../../src/observability/metrics.ts';
import { readOperationsPage } from '../support/outages-page.ts';

/** docs/operations.md leaves nothing out that an operator meets. */

const lines = readOperationsPage().split('\n');

const problemCodes = (): string[] => {
  const definition = parse(readSdl()).definitions.find(
    (one): one is EnumTypeDefinitionNode =>
      one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === 'MediaTaskProblemCode',
  );
  return (definition?.values ?? []).map(({ name }) => name.value);
};

describe('docs/operations.md', () => {
  it('lists every metric as it is', () => {
    for (const { name, labels, help } of Object.values(metricDefinitions)) {
      const row = lines.find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      const labelled = labels.every((label) => row.includes(`\`${label}\``));
      expect([name, row.includes(help), labelled]).toEqual([name, true, true]);
    }
  });

  it('says for each problem code what to do', () => {
    expect(problemCodes().length).toBeGreaterThan(5);
    for (const code of problemCodes()) {
      expect([code, lines.some((line) => line.startsWith(`| \`${code}\` |`))]).toEqual([code, true]);
    }
  });

  it('says for each alert what to do', () => {
    const rules = readFileSync(join(import.meta.dirname, '../../deploy/prometheus/rules.yml'), 'utf8');
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, alert = '']) => alert);
    expect(alerts.length).toBeGreaterThan(5);
    for (const alert of alerts) {
      expect([alert, lines.some((line) => line.startsWith('|') && line.includes(`\`${alert}\``))]).toEqual([
        alert,
        true,
      ]);
    }
  });
});
