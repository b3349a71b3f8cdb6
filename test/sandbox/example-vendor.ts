import { createRefusals } from '../../sandbox/refusals.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';
import { createFindTask, scenario, type TaskFamily } from '../../sandbox/task-family.ts';
import type { Vendor } from '../../sandbox/vendor.ts';
import { sendForJson } from './http.ts';

/** A vendor of the most common REST form: the task's id in the path, and one bearer token. */

const tasks: TaskFamily<object> = {
  scenarios: { done: scenario('is done', 'ready', 'final'), busy: scenario('is at work', 'busy', 'running') },
  statusOf: ({ phase }) => phase,
  describe: ({ id, status, state }) => ({ id, status, progress: state.progress }),
  toParameters: (taskId) => ({ taskId }),
  unknown: 'HTTP 404',
};

const { refuse, refuseAs, answerAs } = createRefusals<400 | 401 | 404 | 429 | 500 | 503>({
  codes: {
    400: [400, 'malformed'],
    401: [401, 'unauthorized'],
    404: [404, 'no such task'],
    429: [429, 'too many requests'],
    500: [500, 'internal error'],
    503: [503, 'unavailable'],
  },
  kinds: { throttled: [429], wrongCredentials: [401], internalError: [500], unavailable: [503] },
  toBody: (_, error) => ({ error }),
});

export const acme: Vendor<'acme', { readonly token: string }> = {
  credentials: { token: 'not-a-secret-sandbox-acme' },
  environment: (endpoint, { token }) => ({ ACME_ENDPOINT: endpoint, ACME_TOKEN: token }),
  createVerify:
    ({ token }) =>
    (request) => {
      if (request.flaw !== undefined) return refuse(request, 400);
      return request.headers.authorization === `Bearer ${token}` ? undefined : refuse(request, 401);
    },
  refuseAs,
  apis: [
    {
      provider: 'acme',
      callsPerSecond: 5,
      path: '/v1/tasks/:taskId',
      taskParameters: ['taskId'],
      families: [tasks],
      createAnswer(openedAt) {
        const findTask = createFindTask(tasks, openedAt);
        return (request, now) => {
          const task = findTask(request.parameters.get('taskId') ?? '', now);
          return task ? { status: 200, body: task } : answerAs(request, 404);
        };
      },
    },
  ],
};

/** A sandbox whose registry holds two such vendors; no test asks the second. */
export async function openExampleSandbox(now?: () => number) {
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

export type ExampleSandbox = Awaited<ReturnType<typeof openExampleSandbox>>;
