import { secretsIn } from './canaries.ts';
import type { HttpReply, TaskAnswer } from './graph.ts';

/** An answer that has been looked through: its tasks, and everything that no answer may have. */
export interface Judged {
  readonly tasks: readonly TaskAnswer[];
  readonly offences: readonly string[];
}

const codes = new Set([
  'TASK_NOT_FOUND',
  'PROVIDER_NOT_CONFIGURED',
  'ACCESS_DENIED',
  'RATE_LIMITED',
  'TIMEOUT',
  'UNAVAILABLE',
  'BAD_RESPONSE',
  'REJECTED',
]);

/** Whatever happens to vendors and Redis, an answer is valid GraphQL with HTTP 200, names every task, and tells no secret. */
export const judge = ({ status, text }: HttpReply): Judged => {
  const offences = secretsIn(text).map((secret) => `An answer tells "${secret}".`);
  if (status !== 200) offences.push(`HTTP ${status}: ${text.slice(0, 300)}`);
  let answer: { data?: Record<string, unknown> | null; errors?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return { tasks: [], offences: [...offences, `Not JSON: ${text.slice(0, 300)}`] };
  }
  if (answer.errors !== undefined) {
    offences.push(`errors: ${JSON.stringify(answer.errors).slice(0, 600)}`);
  }
  const found = Object.values(answer.data ?? {}).flat() as (TaskAnswer | null)[];
  if (found.length === 0) offences.push(`No data: ${text.slice(0, 300)}`);
  const tasks = found.filter((task) => task !== null);
  if (tasks.length < found.length) offences.push('A task is null.');
  return { tasks, offences: [...offences, ...tasks.flatMap(offencesOf)] };
};

const offencesOf = (task: TaskAnswer): string[] => {
  const { id, status, problem, fetchedAt, nextPollAfterMs } = task;
  const offences: string[] = [];
  if (problem && !codes.has(problem.code)) offences.push(`An unknown problem: ${JSON.stringify(task)}`);
  if (problem && (status !== null || fetchedAt !== null))
    offences.push(`Data beside a problem: ${JSON.stringify(task)}`);
  if (!problem && (status === null || fetchedAt === null))
    offences.push(`Neither data nor a problem: ${JSON.stringify(task)}`);
  const waits = [nextPollAfterMs, problem?.retryAfterMs ?? null];
  if (waits.some((ms) => ms !== null && (ms < 0 || ms > 120_000)))
    offences.push(`An absurd wait for ${id}: ${waits}`);
  return offences;
};
