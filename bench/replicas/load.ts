import { wallNow } from '../../test/faults/support/arrivals.ts';
import { ask, follow, type Replica, type ShownTask } from './replica.ts';

/** A vendor's account, by the names of the sandbox and of the subgraph, and its limit in calls a second. */
export interface Account {
  readonly vendor: string;
  readonly provider: string;
  readonly limit: number;
  readonly toId: (taskId: string) => string;
}

/** Accounts that are asked for more than they allow. */
export const flooded: readonly Account[] = [
  { vendor: 'zego', provider: 'zego', limit: 20, toId: (task) => `zego:tencent:${task}` },
  { vendor: 'aliyunVod', provider: 'aliyun-vod', limit: 15, toId: (task) => `aliyun-vod:${task}` },
];
const floodFactor = 1.5;
const floodEveryMs = 250;

/** An account with room, whose tasks are asked for one by one. */
export const quiet: Account = {
  vendor: 'visionular',
  provider: 'visionular',
  limit: 10,
  toId: (task) => `visionular:${task}`,
};
const quietEveryMs = 200;

/** An account with much room: its tasks are followed at every replica, and its owners end. */
export const followed: Account = {
  vendor: 'volcengine',
  provider: 'volcengine-webcast',
  limit: 60,
  toId: (task) => `volcengine-webcast:app:room:${task}`,
};
const followedTasks = 20;
const evolvingTasks = 20;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let lastTask = 0;
/** A task that nobody has asked for: it has ended, and needs one call for ever. */
export const newTask = (): string => {
  lastTask += 1;
  return `done-${lastTask}`;
};

/** Repeats until the time is over, at its own pace, however long each takes. Resolves when all have ended. */
const every = async (everyMs: number, until: number, act: (n: number) => Promise<unknown>): Promise<void> => {
  const acts: Promise<unknown>[] = [];
  for (let n = 0; wallNow() < until; n += 1) {
    acts.push(act(n));
    await sleep(everyMs);
  }
  await Promise.all(acts);
};

/** Waits until every replica answers for every account: the first calls try the credentials. */
export const settle = async (replicas: readonly Replica[]): Promise<void> => {
  const giveUpAt = wallNow() + 20_000;
  for (const replica of replicas) {
    for (;;) {
      const tasks = await ask(
        replica,
        [...flooded, quiet, followed].map(({ toId }) => toId(newTask())),
      );
      if (tasks.every(({ problem }) => problem === null)) break;
      if (wallNow() > giveUpAt) throw new Error(`No answers: ${JSON.stringify(tasks)}`);
    }
  }
};

/** What a subscriber was sent. */
export interface Push {
  readonly taskId: string;
  readonly at: number;
}

/** How long an unknown task took, in ms, at the replica that owns its account and elsewhere. */
export interface ColdTimes {
  readonly atOwner: number[];
  readonly elsewhere: number[];
  /** Those that brought a problem instead: the account has room, so there should be none. */
  readonly problems: string[];
}

/** Asks for more than two accounts allow, and meanwhile for unknown tasks of a third, and follows tasks of a fourth. */
export const load = async (
  replicas: readonly Replica[],
  forMs: number,
): Promise<{ readonly cold: ColdTimes; readonly pushes: readonly Push[] }> => {
  const until = wallNow() + forMs;
  const cold: ColdTimes = { atOwner: [], elsewhere: [], problems: [] };
  const pushes: Push[] = [];

  const evolving = Array.from({ length: evolvingTasks }, (_, n) => `evolving-${lastTask}x${n}`);
  const flood = ({ toId, limit }: Account) =>
    every(floodEveryMs, until, (n) => {
      const count = Math.round((limit * floodFactor * floodEveryMs) / 1_000);
      const ids = [...Array.from({ length: count }, newTask), ...(n % 4 === 0 ? evolving : [])].map(toId);
      // The same page at all of them at once.
      return Promise.all(replicas.map((replica) => ask(replica, ids)));
    });

  const askCold = async (replica: Replica): Promise<void> => {
    const [startedAt, isOwner] = [wallNow(), replica.owns(quiet.provider)];
    const [task] = await ask(replica, [quiet.toId(newTask())]);
    if (task?.problem) cold.problems.push(`${task.problem.code}: ${task.problem.message}`);
    else (isOwner ? cold.atOwner : cold.elsewhere).push(wallNow() - startedAt);
  };

  const ids = Array.from({ length: followedTasks }, (_, n) => followed.toId(`evolving-${lastTask}f${n}`));
  const stops = replicas.flatMap((replica) => {
    const seen = new Set<string>();
    const note = ({ id }: ShownTask, at: number): void => {
      // The first one may be of an earlier call.
      if (seen.has(id) && !replica.owns(followed.provider))
        pushes.push({ taskId: id.split(':').at(-1) ?? '', at });
      seen.add(id);
    };
    return [follow(replica, ids, note)];
  });

  await Promise.all([
    ...flooded.map(flood),
    every(quietEveryMs, until, (n) => askCold(replicas[n % replicas.length] as Replica)),
  ]);
  for (const stop of stops) stop();
  return { cold, pushes };
};

/** What callers of the other replicas notice when the owner of an account goes. */
export interface Succession {
  /** The longest time between two new answers, in ms. */
  readonly gapMs: number;
  readonly questions: number;
  /** Of the problems that were shown instead of data. */
  readonly codes: readonly string[];
}

const probeEveryMs = 150;

/** Asks the others for unknown tasks, one after the other, before and after the owner goes. */
export const watchSuccession = async (
  others: readonly Replica[],
  end: () => Promise<void>,
  forMs: number,
): Promise<Succession> => {
  const startedAt = wallNow();
  const asked: Promise<number | undefined>[] = [];
  const codes: string[] = [];
  const probe = async (replica: Replica): Promise<number | undefined> => {
    const [task] = await ask(replica, [followed.toId(newTask())]);
    if (task?.problem === null) return wallNow();
    codes.push(task?.problem.code ?? '');
    return undefined;
  };
  const probing = every(probeEveryMs, startedAt + forMs, (n) => {
    const asking = probe(others[n % others.length] as Replica);
    asked.push(asking);
    return asking;
  });
  await sleep(1_000);
  await end();
  await probing;
  const times = await Promise.all(asked);
  const answeredAt = times.filter((at) => at !== undefined).toSorted((a, b) => a - b);
  const gaps = answeredAt.map((at, index) => at - (answeredAt[index - 1] ?? at));
  return { gapMs: Math.max(...gaps), questions: times.length, codes };
};
