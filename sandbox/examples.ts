import { aliyunVodStories } from './aliyun-vod/stories.ts';
import type { Stories } from './stories.ts';
import type { ProviderName } from './vendor-api.ts';
import { visionularStories } from './visionular/stories.ts';
import { webcastStories } from './volcengine/webcast.ts';
import { whiteboardStories } from './volcengine/whiteboard.ts';
import { huaweiStories, tencentStories } from './zego/stories.ts';

/** A task that the sandbox knows, or knows it does not. */
export interface ExampleTask {
  /** In the subgraph's grammar: the provider, then the parts of the natural key. */
  readonly id: string;
  readonly provider: ProviderName;
  /** One plain sentence. */
  readonly shows: string;
  /** The status in the vendor's answer; absent where it has none, or changes with time. */
  readonly vendorStatus?: string;
  /** What to send to the vendor to ask for this task. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the tasks of one vendor are asked for and written down. */
interface Family {
  readonly provider: ProviderName;
  readonly stories: Stories<unknown>;
  /** What the vendor says to an id it does not know. */
  readonly unknown: string;
  parametersOf(taskId: string): Record<string, string>;
  /** The parts of the id, where they differ from the values of the parameters. */
  partsOf?(taskId: string): string[];
}

const families: readonly Family[] = [
  {
    provider: 'aliyun-vod',
    stories: aliyunVodStories,
    unknown: 'no such task: HTTP 404 NoSuchResource',
    parametersOf: (taskId) => ({ TranscodeTaskId: taskId }),
  },
  {
    provider: 'visionular',
    stories: visionularStories,
    unknown: 'no such task: code 1004 in HTTP 200',
    parametersOf: (taskId) => ({ task_id: taskId }),
  },
  {
    provider: 'volcengine-webcast',
    stories: webcastStories,
    unknown: 'no such task: InvalidParameter.ErrorActiveTaskNotFound',
    parametersOf: (taskId) => ({ AppId: 'demo-app', RoomId: 'demo-room', TaskId: taskId }),
  },
  {
    provider: 'volcengine-whiteboard',
    stories: whiteboardStories,
    unknown: 'no such task: InvalidParameter.ErrorActiveTaskNotFound',
    parametersOf: (taskId) => ({ app_id: 'demo-app', task_id: taskId }),
  },
  {
    provider: 'zego',
    stories: tencentStories,
    unknown: 'no such task of Tencent: code 1000 in HTTP 200',
    parametersOf: (taskId) => ({ Vendor: 'Tencent', TaskId: taskId }),
    partsOf: (taskId) => ['tencent', taskId],
  },
  {
    provider: 'zego',
    stories: huaweiStories,
    unknown: 'no such task of Huawei: the status NO_TASK in a success',
    parametersOf: (taskId) => ({ Vendor: 'Huawei', TaskId: taskId }),
    partsOf: (taskId) => ['huawei', taskId],
  },
];

/** Every task with a story of its own, and one each that evolves, carries load, and does not exist. */
export const exampleTasks: readonly ExampleTask[] = families.flatMap((family) => [
  ...Object.entries(family.stories).map(([taskId, { shows, vendorStatus }]) => ({
    ...example(family, taskId, shows),
    ...(vendorStatus !== undefined && { vendorStatus }),
  })),
  example(
    family,
    'evolving-1',
    'evolves from the first question on: 4 s queued, 20 s running, then succeeded',
  ),
  example(family, 'load-1', 'one of any number of evolving tasks, each with its own pace and ending'),
  example(family, 'no-such-task', family.unknown),
]);

function example(family: Family, taskId: string, shows: string): ExampleTask {
  const parameters = family.parametersOf(taskId);
  const parts = family.partsOf?.(taskId) ?? Object.values(parameters);
  return {
    id: [family.provider, ...parts.map(encodeURIComponent)].join(':'),
    provider: family.provider,
    shows,
    parameters,
  };
}
