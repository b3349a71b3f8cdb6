import { problemCodes } from '../../lookup/builders.ts';
import type { HttpReply, TaskAnswer } from './graph.ts';
import { secretsIn } from './test-credentials.ts';

/** The tasks of a reply, and everything in it that no reply may have. */
export interface CheckedReply {
  readonly tasks: readonly TaskAnswer[];
  readonly violations: readonly string[];
}

const codes = new Set<string>(problemCodes);

/** Whatever happens to vendors and Redis, a reply is valid GraphQL with HTTP 200, has every task, and holds no secret. */
export const checkReply = ({ status, text }: HttpReply): CheckedReply => {
  const violations = secretsIn(text).map((secret) => `A reply holds "${secret}".`);
  if (status !== 200) violations.push(`HTTP ${status}: ${text.slice(0, 300)}`);
  let answer: { data?: Record<string, unknown> | null; errors?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return { tasks: [], violations: [...violations, `Not JSON: ${text.slice(0, 300)}`] };
  }
  if (answer.errors !== undefined) {
    violations.push(`errors: ${JSON.stringify(answer.errors).slice(0, 600)}`);
  }
  const found = Object.values(answer.data ?? {}).flat() as (TaskAnswer | null)[];
  if (found.length === 0) violations.push(`No data: ${text.slice(0, 300)}`);
  const tasks = found.filter((task) => task !== null);
  if (tasks.length < found.length) violations.push('A task is null.');
  return { tasks, violations: [...violations, ...tasks.flatMap(violationsOf)] };
};

const violationsOf = (task: TaskAnswer): string[] => {
  const { id, status, problem, fetchedAt, nextPollAfterMs } = task;
  const violations: string[] = [];
  if (problem && !codes.has(problem.code)) violations.push(`An unknown problem: ${JSON.stringify(task)}`);
  if (problem && (status !== null || fetchedAt !== null))
    violations.push(`Data beside a problem: ${JSON.stringify(task)}`);
  if (!problem && (status === null || fetchedAt === null))
    violations.push(`Neither data nor a problem: ${JSON.stringify(task)}`);
  const waits = [nextPollAfterMs, problem?.retryAfterMs ?? null];
  if (waits.some((ms) => ms !== null && (ms < 0 || ms > 120_000)))
    violations.push(`A wait out of range for ${id}: ${waits}`);
  return violations;
};
