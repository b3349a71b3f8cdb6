import { Agent, request } from 'node:http';
import type { Target } from './target.ts';

/** A dashboard that polls while others attack. */
export interface HonestClient {
  /** What went wrong since the last call, in words. */
  takeFailures(): readonly string[];
  /** The latencies in ms since the last call, as far as the server is to blame for them, in ascending order. */
  takeLatencies(): readonly number[];
  stop(): Promise<void>;
}

const everyMs = 40;

/** How exactly the CPU time of a process is known, in ms. */
const cpuTickMs = 10;

const ids = ['zego:tencent:done-1', 'volcengine-whiteboard:app:done-1', 'volcengine-webcast:app:room:done-1'];
const body = JSON.stringify({
  query: 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status stale problem { code } } }',
  variables: { ids },
});

export const startHonestClient = async (target: Target): Promise<HonestClient> => {
  const agent = new Agent({ keepAlive: true });
  let failures: string[] = [];
  let latencies: number[] = [];
  let isStopped = false;

  const ask = async (): Promise<void> => {
    const startedAt = performance.now();
    const cpuBeforeMs = target.cpuMs();
    try {
      const answer = await post(target, agent, body, 'honest');
      const { data, errors } = JSON.parse(answer) as {
        data?: { mediaTasks: { problem: unknown; status: string }[] };
        errors?: unknown;
      };
      const isWhole = data?.mediaTasks.every(({ status, problem }) => status !== null && problem === null);
      if (errors || !isWhole) failures.push(answer.slice(0, 500));
    } catch (error) {
      failures.push(String(error));
    }
    // Longer than the server was busy, it was the machine that made the client wait.
    const busyMs = target.cpuMs() - cpuBeforeMs + cpuTickMs;
    latencies.push(Math.min(performance.now() - startedAt, busyMs));
  };

  const run = async (): Promise<void> => {
    while (!isStopped) {
      const due = performance.now() + everyMs;
      await ask();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
  };
  await ask();
  const running = run();
  return {
    takeFailures: () => {
      const taken = failures;
      failures = [];
      return taken;
    },
    takeLatencies: () => {
      const taken = latencies.sort((a, b) => a - b);
      latencies = [];
      return taken;
    },
    stop: async () => {
      isStopped = true;
      await running;
      agent.destroy();
    },
  };
};

/** Posts an operation as a caller behind the router; resolves with the body of any answer. */
export const post = (
  { port, callerHeaders }: Target,
  agent: Agent,
  operation: string,
  caller: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        path: '/graphql',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(operation),
          ...callerHeaders(caller),
          ...headers,
        },
      },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk: string) => {
          text += chunk;
        });
        reply.on('end', () => resolve(text));
        reply.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(operation);
  });
