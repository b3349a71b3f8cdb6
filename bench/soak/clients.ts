import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type ProviderName, providerNames } from '../../sandbox/index.ts';
import {
  askEntities,
  askOne,
  askPage,
  createAgent,
  type HttpReply,
  type Operation,
  post,
} from '../../test/faults/support/graph.ts';
import { finalIds, newId } from '../../test/faults/support/load.ts';
import { checkReply } from '../../test/faults/support/replies.ts';
import { routerSecret } from '../../test/faults/support/test-credentials.ts';
import { sleep } from '../../test/faults/support/time.ts';

/** What clients have counted. */
export interface Counts {
  /** Requests over HTTP, by outcome as /metrics names it; `broken` connections are counted by nobody else. */
  readonly requests: Record<'ok' | 'invalid' | 'refused' | 'broken', number>;
  /** Tasks in answers, by outcome as /metrics names it. */
  readonly tasks: Record<string, number>;
  readonly subscriptions: {
    opened: number;
    completed: number;
    left: number;
    broken: number;
    results: number;
  };
  /** Replies that no reply may be like. */
  readonly violations: Set<string>;
}

export const createCounts = (): Counts => ({
  requests: { ok: 0, invalid: 0, refused: 0, broken: 0 },
  tasks: {},
  subscriptions: { opened: 0, completed: 0, left: 0, broken: 0, results: 0 },
  violations: new Set(),
});

/** Tasks that clients look at: of each provider some that live, each replaced once it has ended. */
const createHotTasks = (perProvider: number) => {
  const ids = new Map<ProviderName, string[]>(
    providerNames.map((provider) => [provider, Array.from({ length: perProvider }, () => newId(provider))]),
  );
  const all = () => [...ids.values()].flat();
  return {
    pick: (n: number) => all()[n % (perProvider * providerNames.length)] ?? '',
    page: (n: number, size: number) =>
      Array.from({ length: size }, (_, index) => all()[(n + index * 3) % all().length] ?? ''),
    /** One of each provider is replaced: a load task lives for 12 to 36 s. */
    renew: (n: number) => {
      for (const [provider, tasks] of ids) tasks[n % perProvider] = newId(provider);
    },
  };
};

/**
 * One of so many requests asks for a task that nobody has asked for. Each task is remembered until the memory for its type is
 * full (32 MB), which takes hours here: with few of them, what grows is something else.
 */
const newTaskEvery = 600;

const malformed: Operation = askOne('no such provider');

/** Keeps so many requests in a second going, evenly, to one replica after the other. @returns when the last is answered */
export const sendRequests = async (
  urls: readonly string[],
  { perSecond, seconds, counts }: { perSecond: number; seconds: number; counts: Counts },
): Promise<void> => {
  const agent = createAgent();
  const hot = createHotTasks(4);
  const known = Object.values(finalIds).flat();
  // A hundred requests: what clients of a dashboard send, and what they send by mistake.
  const toOperation = (n: number): Operation => {
    if (n % newTaskEvery === 0)
      return askOne(newId(providerNames[(n / newTaskEvery) % providerNames.length] ?? 'zego'));
    const turn = n % 100;
    if (turn === 2) return malformed;
    if (turn < 24) return askPage(hot.page(n, 10));
    if (turn < 34)
      return askEntities(hot.page(n, 10).map((id) => ({ __typename: typenames[providerOf(id)], id })));
    return askOne(turn < 60 ? (known[n % known.length] ?? '') : hot.pick(n));
  };
  const send = async (n: number): Promise<void> => {
    const url = urls[n % urls.length] ?? '';
    try {
      const isStranger = n % 100 === 99;
      count(counts, await (isStranger ? postWithoutSecret(url) : post(agent, url, toOperation(n))));
    } catch {
      counts.requests.broken += 1;
    }
  };
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let n = 0, second = 0; n < perSecond * seconds; ) {
    const elapsed = (performance.now() - startedAt) / 1_000;
    for (; n < Math.min(elapsed, seconds) * perSecond; n += 1) {
      const sent = send(n).finally(() => underWay.delete(sent));
      underWay.add(sent);
    }
    for (; second < elapsed / 8; second += 1) hot.renew(second);
    await sleep(5);
  }
  await Promise.all(underWay);
  agent.destroy();
};

const typenames: Readonly<Record<ProviderName, string>> = {
  'aliyun-vod': 'AliyunTranscodeTask',
  visionular: 'VisionularTranscodeTask',
  'volcengine-webcast': 'WebCastTask',
  'volcengine-whiteboard': 'WhiteboardTranscodeTask',
  zego: 'ZegoMediaTask',
};

const providerOf = (id: string): ProviderName => id.split(':')[0] as ProviderName;

const postWithoutSecret = async (url: string): Promise<HttpReply> => {
  const reply = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(askOne('zego:tencent:a')),
  });
  return { status: reply.status, headers: {}, text: await reply.text() };
};

const count = ({ requests, tasks, violations }: Counts, reply: HttpReply): void => {
  if (reply.status === 401) {
    requests.refused += 1;
    return;
  }
  if (reply.text.includes('"BAD_USER_INPUT"')) {
    requests.invalid += 1;
    return;
  }
  requests.ok += 1;
  const checked = checkReply(reply);
  for (const violation of checked.violations) violations.add(violation);
  for (const { problem, stale } of checked.tasks) {
    const outcome = problem?.code ?? (stale ? 'STALE' : 'OK');
    tasks[outcome] = (tasks[outcome] ?? 0) + 1;
  }
};

/**
 * Follows so many tasks at a time over WebSockets until the time is over: each to its end, but every fifth is left
 * before. Then all are left.
 */
export const followTasks = async (
  urls: readonly string[],
  { atOnce, seconds, counts }: { atOnce: number; seconds: number; counts: Counts },
): Promise<void> => {
  const { subscriptions } = counts;
  const clients = urls.map((url) =>
    createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string | string[]) {
          super(address, protocols, { headers: { 'router-authorization': routerSecret } });
        }
      },
      retryAttempts: 0,
      lazy: true,
    }),
  );
  const endsAt = performance.now() + seconds * 1_000;
  const followOne = async (n: number): Promise<void> => {
    const client = clients[n % clients.length];
    const id = newId(providerNames[n % providerNames.length] ?? 'zego');
    const updates = client?.iterate({
      query:
        'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id status progress problem { code } } }',
      variables: { ids: [id] },
    });
    subscriptions.opened += 1;
    const leave = () => void updates?.return?.(undefined);
    let isLeft = false;
    const timer = setTimeout(
      () => {
        isLeft = true;
        leave();
      },
      n % 5 === 0 ? 5_000 : Math.max(0, endsAt - performance.now()),
    );
    try {
      for await (const _ of updates ?? []) subscriptions.results += 1;
      if (isLeft) subscriptions.left += 1;
      else subscriptions.completed += 1;
    } catch {
      subscriptions.broken += 1;
    } finally {
      clearTimeout(timer);
    }
  };
  let next = 0;
  const followOneAfterTheOther = async (): Promise<void> => {
    while (performance.now() < endsAt - 1_000) {
      next += 1;
      await followOne(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, followOneAfterTheOther));
  for (const client of clients) await client.dispose();
};
