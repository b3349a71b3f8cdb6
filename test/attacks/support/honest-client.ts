import { Agent, request } from 'node:http';
import type { Endpoint } from './attack.ts';

/** How long a request took, in ms. */
export interface Latency {
  readonly ms: number;
  /** As long took the same request, sent at the same moment, to a server that is idle; 0 if there is none. */
  readonly idleMs: number;
}

/** A dashboard that polls while others attack. */
export interface HonestClient {
  /** What went wrong since the last call, in words. */
  takeFailures(): readonly string[];
  /** Of the requests since the last call. */
  takeLatencies(): readonly Latency[];
  /** Sends one more request, and resolves when it is answered. */
  ask(): Promise<void>;
  stop(): Promise<void>;
}

const ids = ['zego:tencent:done-1', 'volcengine-whiteboard:app:done-1', 'volcengine-webcast:app:room:done-1'];
const body = JSON.stringify({
  query: 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id status stale problem { code } } }',
  variables: { ids },
});

/**
 * @param everyMs how often it sends a request, whether the last one is answered or not
 * @param idle a server that has nothing else to do
 */
export const startHonestClient = async (
  endpoint: Endpoint,
  everyMs = 40,
  idle?: Endpoint,
): Promise<HonestClient> => {
  const agent = new Agent({ keepAlive: true });
  let failures: string[] = [];
  let latencies: Latency[] = [];
  const underWay = new Set<Promise<void>>();

  const askServer = async (): Promise<void> => {
    try {
      const answer = await post(endpoint, agent, body, 'honest');
      const { data, errors } = JSON.parse(answer) as {
        data?: { mediaTasks: { problem: unknown; status: string }[] };
        errors?: unknown;
      };
      const isWhole = data?.mediaTasks.every(({ status, problem }) => status !== null && problem === null);
      if (errors || !isWhole) failures.push(answer.slice(0, 500));
    } catch (error) {
      failures.push(String(error));
    }
  };

  const ask = async (): Promise<void> => {
    const asked = [timeOf(askServer), idle ? timeOf(() => post(idle, agent, body, 'honest')) : 0] as const;
    const [ms, idleMs] = await Promise.all(asked);
    latencies.push({ ms, idleMs });
  };

  // The first one brings the tasks into memory.
  await ask();
  failures = [];
  latencies = [];
  const timer = setInterval(() => {
    const asking = ask().then(() => {
      underWay.delete(asking);
    });
    underWay.add(asking);
  }, everyMs);
  return {
    takeFailures: () => {
      const taken = failures;
      failures = [];
      return taken;
    },
    takeLatencies: () => {
      const taken = latencies;
      latencies = [];
      return taken;
    },
    ask,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
};

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** Posts an operation as a caller behind the router; resolves with the body of any answer. */
export const post = (
  { port, callerHeaders }: Endpoint,
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
