import { createSandbox } from '../../sandbox/index.ts';
import { queryOf, sendForJson } from './http.ts';

export type PlainSandbox = Awaited<ReturnType<typeof openPlainSandbox>>;

/** A sandbox that is asked for tasks of Visionular, with HTTP Basic. */
export async function openPlainSandbox(now: () => number) {
  const sandbox = await createSandbox({ now });
  const { id, secret } = sandbox.credentials.visionular;
  const toRequest = (taskId: string, sentSecret = secret) => ({
    url: `${sandbox.urls.visionular}?${queryOf({ task_id: taskId })}`,
    headers: { 'auth-type': 'use-basic', authorization: `Basic ${btoa(`${id}:${sentSecret}`)}` },
  });
  return {
    ...sandbox,
    toRequest,
    ask: (taskId: string, sentSecret?: string) => sendForJson(toRequest(taskId, sentSecret)),
  };
}
