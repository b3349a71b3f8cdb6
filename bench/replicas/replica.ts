import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { wallNow } from '../../test/faults/support/arrivals.ts';
import { path, run, stop } from '../processes.ts';

/** One real process of the subgraph. */
export interface Replica {
  readonly child: ChildProcess;
  readonly url: string;
  /** Whether it makes the calls of this provider's account, as its log says. */
  owns(provider: string): boolean;
}

export interface ShownTask {
  readonly id: string;
  readonly progress: number | null;
  readonly vendorRequestId: string | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export const startReplica = async (variables: Readonly<Record<string, string>>): Promise<Replica> => {
  const { PATH } = process.env;
  const env = { PATH, PORT: '0', GRAPHIQL: 'false', ...variables };
  const child = run(process.execPath, [path('../src/main.ts')], env);
  const owned = new Set<string>();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('exit', () => reject(new Error('The replica ended at its start.')));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const { msg = '', account = '' } = JSON.parse(line) as { msg?: string; account?: string };
    const provider = account.replace(/-[^-]*$/, '');
    if (msg.startsWith("This replica makes the account's calls")) owned.add(provider);
    else if (/^This replica (hands|stops)/.test(msg)) owned.delete(provider);
    const [, address] = /GraphQL at (\S+)\/graphql/.exec(msg) ?? [];
    if (address) resolve(address);
  });
  return { child, url: await promise, owns: (provider) => owned.has(provider) };
};

export const kill = ({ child }: Replica): Promise<void> => stop(child, 'SIGKILL');

const fields = 'id progress vendorRequestId problem { code message }';

const request = (url: string, accept: string, query: string, ids: readonly string[], signal?: AbortSignal) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables: { ids } }),
    ...(signal && { signal }),
  });

/** @throws Error when the reply is anything but every task */
export const ask = async ({ url }: Replica, ids: readonly string[]): Promise<readonly ShownTask[]> => {
  const query = `query ($ids: [ID!]!) { mediaTasks(ids: $ids) { ${fields} } }`;
  const reply = await request(url, 'application/json', query, ids);
  const { data, errors } = (await reply.json()) as { data?: { mediaTasks: ShownTask[] }; errors?: unknown };
  if (!data || errors) throw new Error(`HTTP ${reply.status}: ${JSON.stringify(errors)}`);
  return data.mediaTasks;
};

/** Calls back with each event of a subscription, and when it came, until the returned function is called. */
export const follow = (
  { url }: Replica,
  ids: readonly string[],
  onTask: (task: ShownTask, at: number) => void,
): (() => void) => {
  const abort = new AbortController();
  const query = `subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ${fields} } }`;
  const read = async (): Promise<void> => {
    const { body } = await request(url, 'text/event-stream', query, ids, abort.signal);
    let text = '';
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const at = wallNow();
      text += piece;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, json] = /^data: ?(\{.*)$/m.exec(event) ?? [];
        const task =
          json && (JSON.parse(json) as { data?: { mediaTaskUpdates?: ShownTask } }).data?.mediaTaskUpdates;
        if (task) onTask(task, at);
      }
    }
  };
  read().catch((error: Error) => {
    if (!abort.signal.aborted && error.name !== 'TypeError') throw error;
  });
  return () => abort.abort();
};
