import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { maxAnswerBytes } from '../../src/graphql/answer-size.ts';
import { createLimits, maxErrors, maxValidationErrors } from '../../src/graphql/limits.ts';
import { socketLimits } from '../../src/server/socket-guard.ts';

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

it('docs/security.md lists every limit of a request with its default', () => {
  const listed = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name = '', most = '']) => [
    name,
    Number(most.replaceAll(',', '')),
  ]);
  const limits = createLimits({ maxIdsPerQuery: 200, maxRepresentations: 1_000 });
  expect(Object.fromEntries(listed)).toEqual(limits);
});

it('docs/security.md names the limits of answers and sockets as they are', () => {
  expect(page).toContain(`${maxAnswerBytes / 1_000_000} MB (\`answerBytes\`), and ${maxErrors} errors`);
  expect(page).toContain(`${maxValidationErrors} validation errors`);
  const { sockets, socketsPerAddress, handshakeBytes, messageBytes, unreadBytes } = socketLimits;
  expect(page).toContain(
    `| ${sockets.toLocaleString('en')}; of one address without a secret ${socketsPerAddress} |`,
  );
  expect(page).toContain(
    `| ${handshakeBytes / 1_024} kB before the handshake is accepted, then ${messageBytes / 1_024} kB each |`,
  );
  expect(page).toContain(`| ${unreadBytes / 1_048_576} MB |`);
});
