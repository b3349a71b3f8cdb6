import type { Replica } from './replica.ts';
import { secretsIn } from './test-credentials.ts';

/** How many lines of each log have been looked through, so that none is reported twice. */
const checkedLines = new WeakMap<Replica, number>();

/** Where a replica can be asked without a secret. */
const openPaths = ['/health/live', '/health/ready'];

/** What no replica's process, log or health check may show, whatever has been done to it. */
export const findReplicaViolations = async (
  replicas: readonly Replica[],
  mayHaveEnded: readonly Replica[],
): Promise<string[]> => {
  const violations = await Promise.all(
    replicas.map(async (replica, index) => {
      const mayEnd = mayHaveEnded.includes(replica);
      const found = [...findInOutput(replica), ...(mayEnd ? [] : await findInHealth(replica))];
      if (!replica.isAlive && !mayEnd) found.push('It has ended.');
      return found.map((violation) => `Replica ${index + 1}: ${violation}`);
    }),
  );
  return violations.flat();
};

const findInOutput = (replica: Replica): string[] => {
  const { errorOutput, logLines } = replica;
  const from = checkedLines.get(replica) ?? 0;
  checkedLines.set(replica, logLines.length);
  const violations = logLines
    .slice(from)
    .flatMap((line) => [
      ...secretsIn(line).map((secret) => `It logged "${secret}": ${line.slice(0, 300)}`),
      ...(/"level":[56]0/.test(line) ? [`It logged an error: ${line.slice(0, 600)}`] : []),
      ...(isJson(line) ? [] : [`Its log is not JSON: ${line.slice(0, 300)}`]),
    ]);
  if (errorOutput.length === 0) return violations;
  return [...violations, `It wrote to stderr: ${errorOutput.slice(0, 5).join(' | ').slice(0, 800)}`];
};

const findInHealth = async ({ isAlive, url }: Replica): Promise<string[]> => {
  if (!isAlive) return [];
  const replies = await Promise.all(
    openPaths.map(async (path) => {
      const reply = await fetch(url + path);
      return [...reply.headers].flat().join('\n') + (await reply.text());
    }),
  );
  return secretsIn(replies.join('\n')).map((secret) => `Its health check holds "${secret}".`);
};

const isJson = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};
