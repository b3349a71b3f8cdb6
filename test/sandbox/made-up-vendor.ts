import { openSandbox } from '../../sandbox/sandbox.ts';
import { createFindTask, scenario, type TaskFamily } from '../../sandbox/task-family.ts';
import type { Vendor } from '../../sandbox/vendor.ts';
import { sendForJson } from './http.ts';

/** The commonest REST shape: the task's id in the path, and one bearer token. */

const tasks: TaskFamily<object> = {
  scenarios: { done: scenario('is done', 'ready', 'final'), busy: scenario('is at work', 'busy', 'running') },
  statusOf: ({ phase }) => phase,
  describe: ({ id, status, state }) => ({ id, status, progress: state.progress }),
  toParameters: (taskId) => ({ taskId }),
  unknown: 'HTTP 404',
};

const refusals = { throttled: 429, wrongCredentials: 401, internalError: 500, unavailable: 503 };

const refuse = (status: number) => ({ status, body: { error: status }, refusedFor: String(status) });

export const acme: Vendor<'acme', { readonly token: string }> = {
  credentials: { token: 'not-a-secret-sandbox-acme' },
  environment: (endpoint, { token }) => ({ ACME_ENDPOINT: endpoint, ACME_TOKEN: token }),
  createVerify:
    ({ token }) =>
    ({ headers, flaw }) => {
      if (flaw !== undefined) return refuse(400);
      return headers.authorization === `Bearer ${token}` ? undefined : refuse(401);
    },
  refuse: (kind) => refuse(refusals[kind]),
  apis: [
    {
      provider: 'acme',
      callsPerSecond: 5,
      path: '/v1/tasks/:taskId',
      taskParameters: ['taskId'],
      families: [tasks],
      createAnswer(openedAt) {
        const findTask = createFindTask(tasks, openedAt);
        return ({ parameters }, now) => {
          const task = findTask(parameters.get('taskId') ?? '', now);
          return task ? { status: 200, body: task } : { status: 404, body: { error: 'no such task' } };
        };
      },
    },
  ],
};

/** A sandbox whose registry holds two vendors of that kind, the second of which nobody asks. */
export async function openMadeUpSandbox(now?: () => number) {
  const quiet = { ...acme, apis: [{ ...acme.apis[0], provider: 'quiet' }] } as Vendor<'quiet'>;
  const sandbox = await openSandbox({ acme, quiet }, now ? { now } : {});
  const toRequest = (path: string, token = sandbox.credentials.acme.token) => ({
    url: sandbox.urls.acme + path,
    headers: { authorization: `Bearer ${token}` },
  });
  return {
    ...sandbox,
    toRequest,
    ask: (path: string, token?: string) => sendForJson(toRequest(path, token)),
  };
}

export type MadeUpSandbox = Awaited<ReturnType<typeof openMadeUpSandbox>>;
