import { exampleTasks, type ProviderName, providerNames } from '../../sandbox/index.ts';

/** The id of a task of each provider of the sandbox, with this task id at the vendor, such as `done-7`. */
export const idsOf = (taskId: string): Readonly<Record<ProviderName, string>> =>
  toRecord((provider) => {
    const example = exampleTasks.findLast(
      (task) => task.provider === provider && task.id.endsWith(':load-1'),
    );
    if (!example) throw new Error(`The sandbox has no example task of ${provider}.`);
    return example.id.replace(/load-1$/, taskId);
  });

/** The ids of so many tasks of each provider: `<name>-0`, `<name>-1`, and so on. */
export const manyIdsOf = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => Object.values(idsOf(`${name}-${n}`))).flat();

/** A number of vendor calls of zero for each provider of the sandbox. */
export const noCalls: Readonly<Record<ProviderName, number>> = toRecord(() => 0);

function toRecord<Value>(toValue: (provider: ProviderName) => Value): Readonly<Record<ProviderName, Value>> {
  return Object.fromEntries(providerNames.map((provider) => [provider, toValue(provider)])) as Record<
    ProviderName,
    Value
  >;
}
