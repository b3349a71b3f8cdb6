import { isDeepStrictEqual } from 'node:util';
import { type GatewayName, gatewayNames } from '../start-gateway.ts';
import { cases as allCases, chainCases } from './cases/index.ts';
import type { Requests } from './supergraph.ts';

/** The table of docs/federation.md, from the cases of the tests. */

const titles: Readonly<Record<GatewayName, string>> = {
  apollo: 'Apollo Gateway',
  hive: 'Hive Gateway',
  'hive-router': 'Hive Gateway with Router Runtime',
};

const cases = [...allCases, ...chainCases];

/** Why gateways fail, each once, in the order of the table. */
const reasons = [
  ...new Set(
    cases.flatMap(({ limitations = {} }) => gatewayNames.flatMap((name) => limitations[name]?.because ?? [])),
  ),
];

const sum = (requests: Requests): number =>
  Object.values(requests).reduce((total, count) => total + count, 0);

const rows = cases.map(({ shows, data, requests, limitations = {} }) => {
  const cells = gatewayNames.map((name) => {
    const limitation = limitations[name];
    if (!limitation) return `works / ${sum(requests)}`;
    const verdict = isDeepStrictEqual(limitation.data, data) ? 'works, but' : '**no**';
    return `${verdict} [${reasons.indexOf(limitation.because) + 1}] / ${sum(limitation.requests)}`;
  });
  return [shows, ...cells];
});

const toLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Query × gateway → works / subgraph requests. */
export const table: string = [
  toLine(['Query', ...gatewayNames.map((name) => titles[name])]),
  toLine(['---', ...gatewayNames.map(() => '---')]),
  ...rows.map(toLine),
].join('\n');

/** The legend of the numbers in the table. */
export const legend: string = reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n');
