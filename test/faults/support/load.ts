import type { ProviderName } from '../../../sandbox/index.ts';
import { createAgent, type Operation, post, type TaskAnswer } from './graph.ts';
import { checkReply } from './replies.ts';
import { sleep } from './time.ts';

/** One request and its checked reply. */
export interface Sample {
  /** The name of the stream it belongs to. */
  readonly stream: string;
  /** When it was sent, in ms on the clock of `performance.now`. */
  readonly sentAt: number;
  readonly ms: number;
  readonly tasks: readonly TaskAnswer[];
  readonly violations: readonly string[];
}

/** Requests of one kind at an even pace, sent whether or not earlier ones were answered. */
export interface Stream {
  readonly name: string;
  readonly perSecond: number;
  /** The operation of the n-th request. */
  readonly ask: (n: number) => Operation;
}

/** At most this many requests are under way; a stream that would exceed it skips one. */
const mostUnderWay = 2_000;

/** Sends one operation and checks the reply. */
export const ask = async (url: string, operation: Operation, stream = 'one'): Promise<Sample> => {
  const agent = createAgent();
  try {
    return await send(agent, url, operation, stream);
  } finally {
    agent.destroy();
  }
};

const send = async (
  agent: ReturnType<typeof createAgent>,
  url: string,
  operation: Operation,
  stream: string,
): Promise<Sample> => {
  const sentAt = performance.now();
  try {
    const reply = await post(agent, url, operation);
    const ms = performance.now() - sentAt;
    return { stream, sentAt, ms, ...checkReply(reply) };
  } catch (error) {
    const violations = [`A request failed: ${error instanceof Error ? error.message : error}`];
    return { stream, sentAt, ms: performance.now() - sentAt, tasks: [], violations };
  }
};

/** Sends all operations at once, to one url after the other. */
export const askAll = async (
  urls: readonly string[],
  operations: readonly Operation[],
  stream = 'all',
): Promise<Sample[]> => {
  const agent = createAgent();
  try {
    return await Promise.all(
      operations.map((operation, n) => send(agent, urls[n % urls.length] ?? '', operation, stream)),
    );
  } finally {
    agent.destroy();
  }
};

/** Keeps the streams running until `end` settles, to one url after the other, and waits for the last replies. */
export const runStreams = async (
  urls: readonly string[],
  streams: readonly Stream[],
  end: Promise<unknown>,
): Promise<Sample[]> => {
  const agent = createAgent();
  const startedAt = performance.now();
  let hasEnded = false;
  const ended = end.finally(() => {
    hasEnded = true;
  });
  let underWay = 0;
  const run = async ({ name, perSecond, ask }: Stream, offset: number): Promise<Sample[]> => {
    const replies: Promise<Sample>[] = [];
    const everyMs = 1_000 / perSecond;
    for (let n = 0; ; n += 1) {
      // The streams start one after the other, so that they do not send at the same moments.
      const waitMs = startedAt + (n + offset) * everyMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      if (hasEnded) break;
      if (underWay >= mostUnderWay) continue;
      underWay += 1;
      const reply = send(agent, urls[n % urls.length] ?? '', ask(n), name);
      replies.push(
        reply.finally(() => {
          underWay -= 1;
        }),
      );
    }
    return Promise.all(replies);
  };
  try {
    const samples = await Promise.all(streams.map((stream, index) => run(stream, index / streams.length)));
    await ended;
    return samples.flat();
  } finally {
    agent.destroy();
  }
};

/** The value below which this share of the values lies. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
};

/** The latency in ms below which this share of the samples lies. */
export const latency = (samples: readonly Sample[], share: number): number =>
  percentile(
    samples.map(({ ms }) => ms),
    share,
  );

let lastLoad = Math.floor(Math.random() * 10_000) * 10_000;

/** The id of a task that nobody has asked for yet; it evolves, and is queued or running for its first seconds. */
export const newId = (provider: ProviderName): string => {
  lastLoad += 1;
  return toId(provider, `load-${lastLoad}`);
};

export const newIds = (provider: ProviderName, count: number): string[] =>
  Array.from({ length: count }, () => newId(provider));

/** The id of a task of this name, which the sandbox knows under every provider for `load-<n>` and `evolving-<anything>`. */
export const toId = (provider: ProviderName, task: string): string => {
  switch (provider) {
    case 'volcengine-webcast':
      return `${provider}:app:room:${task}`;
    case 'volcengine-whiteboard':
      return `${provider}:app:${task}`;
    case 'zego':
      return `${provider}:tencent:${task}`;
    default:
      return `${provider}:${task}`;
  }
};

/** Two tasks of each provider that are final, so that they stay in memory. */
export const finalIds: Readonly<Record<ProviderName, readonly string[]>> = {
  'aliyun-vod': ['aliyun-vod:all-failed', 'aliyun-vod:source-broken'],
  visionular: ['visionular:fail', 'visionular:newer-failed'],
  'volcengine-webcast': ['volcengine-webcast:app:room:ended', 'volcengine-webcast:app:room:failed'],
  'volcengine-whiteboard': ['volcengine-whiteboard:app:done', 'volcengine-whiteboard:app:failed'],
  zego: ['zego:tencent:transcode', 'zego:tencent:failed'],
};
