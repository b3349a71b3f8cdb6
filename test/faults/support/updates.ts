import { wallNow } from './arrivals.ts';
import { routerSecret } from './test-credentials.ts';

export interface Update {
  /** When it came, as `wallNow`. */
  readonly at: number;
  readonly status: string | null;
  readonly progress: number | null;
}

/** Subscribes to a task over server-sent events. */
export const subscribe = async (
  url: string,
  id: string,
): Promise<{ updates: readonly Update[]; close(): void }> => {
  const stop = new AbortController();
  const query = 'subscription ($id: ID!) { mediaTaskUpdates(ids: [$id]) { status progress } }';
  const reply = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'router-authorization': routerSecret,
    },
    body: JSON.stringify({ query, variables: { id } }),
    signal: stop.signal,
  });
  const updates: Update[] = [];
  const read = async (): Promise<void> => {
    let text = '';
    for await (const piece of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.+)$/m.exec(event)?.[1];
        if (!data) continue;
        const task = JSON.parse(data).data?.mediaTaskUpdates;
        if (task) updates.push({ at: wallNow(), status: task.status, progress: task.progress });
      }
    }
  };
  read().catch(() => {});
  return { updates, close: () => stop.abort() };
};
