import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outage, Seen } from './outages.ts';

/** The part of docs/operations.md that shows outages as they were played. */

const page = join(import.meta.dirname, '../../docs/operations.md');
const begin = '<!-- outages: written by npm run docs:outages -->';
const end = '<!-- end of outages -->';

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

const toLines = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join('\n');

const toSection = ({ title, played }: Outage, { log, metrics, ready, account, problem }: Seen): string => {
  const [status, body] = ready;
  const samples = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toFixed(3))}`);
  return [
    `### ${title}\n`,
    `Played: ${played}\n`,
    'The log (level 40 is a warning; time, process and machine are left out):\n',
    fence('json', toLines(log)),
    'The metrics that changed:\n',
    fence('text', samples.join('\n')),
    `\`/health/ready\` is ${status} \`${JSON.stringify(body)}\`, and the account in \`/health/details\`:\n`,
    fence('json', JSON.stringify(account, undefined, 1).replaceAll(/\n\s*/g, ' ')),
    'A task says:\n',
    fence('json', JSON.stringify(problem)),
  ].join('\n');
};

export const writeOutages = (seen: readonly (readonly [Outage, Seen])[]): void => {
  const [before = '', rest = ''] = readFileSync(page, 'utf8').split(begin);
  const [, after = ''] = rest.split(end);
  const sections = seen.map(([outage, what]) => toSection(outage, what)).join('\n');
  writeFileSync(page, `${before}${begin}\n\n${sections}\n${end}${after}`);
};

/** The titles of the outages that the page shows. */
export const readOutageTitles = (): readonly string[] => {
  const [, rest = ''] = readFileSync(page, 'utf8').split(begin);
  return [...(rest.split(end)[0] ?? '').matchAll(/^### (.*)$/gm)].map(([, title = '']) => title);
};

/** The page as it is. */
export const readOperationsPage = (): string => readFileSync(page, 'utf8');
