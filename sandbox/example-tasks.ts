import type { TaskFamily } from './task-family.ts';
import type { VendorApi } from './vendor.ts';

/** An example task: one that exists, or an id that does not. */
export interface ExampleTask<Provider extends string = string> {
  /** The subgraph's id: the provider, then the parts of the natural key. */
  readonly id: string;
  readonly provider: Provider;
  /** One plain sentence. */
  readonly shows: string;
  /** The status in the vendor's answer; absent where it changes with time. */
  readonly vendorStatus?: string;
  /** What to send to the vendor to ask for this task. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Every scenario, and of each family one task that evolves, one for load, and one that does not exist. */
export function toExampleTasks<P extends string>({ provider, families }: VendorApi<P>): ExampleTask<P>[] {
  return families.flatMap((family) => examplesOf(provider, family));
}

function examplesOf<Provider extends string>(
  provider: Provider,
  { scenarios, unknown, toParameters, toIdParts }: TaskFamily,
): ExampleTask<Provider>[] {
  const toExample = (taskId: string, shows: string): ExampleTask<Provider> => {
    const parameters = toParameters(taskId);
    const parts = toIdParts?.(taskId) ?? Object.values(parameters);
    return { id: [provider, ...parts.map(encodeURIComponent)].join(':'), provider, shows, parameters };
  };
  return [
    ...Object.entries(scenarios).map(([taskId, [shows, status]]) => ({
      ...toExample(taskId, shows),
      vendorStatus: status,
    })),
    toExample('evolving-1', 'evolves from the first request on: 4 s queued, 20 s running, then succeeded'),
    toExample('load-1', 'one of any number of evolving tasks, each with its own pace and outcome'),
    toExample('no-such-task', unknown),
  ];
}
