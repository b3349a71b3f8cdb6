import type { MediaTask, MediaTaskProblem, MediaTaskProvider, MediaTaskStatus } from '../generated/model.ts';

type KebabCase<Word extends string> = Word extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${KebabCase<Tail>}`
  : Lowercase<Word>;

/** A vendor API's name: the enum value of the schema in kebab case. It is the id prefix and the folder name. */
export type ProviderName = KebabCase<MediaTaskProvider>;

/** `aliyun-vod` → `ALIYUN_VOD`: the value of the schema's enum, and the stem of environment names. */
export const toEnumValue = (name: ProviderName): MediaTaskProvider =>
  name.replaceAll('-', '_').toUpperCase() as MediaTaskProvider;

/** The fields of a task that the lookup knows, not the vendor. */
type StampedField = 'id' | 'provider' | 'isFinal' | 'fetchedAt' | 'stale' | 'nextPollAfterMs' | 'problem';

/** What a provider reads from its vendor, as far as all providers share it. Immutable once made. */
export type Snapshot = Omit<MediaTask, '__typename' | StampedField>;

/** What one provider reads from its vendor: the whole of its schema type but for the key and what the lookup knows. */
export type SnapshotOf<Type extends MediaTask, KeyName extends keyof Type = never> = Omit<
  Type,
  '__typename' | StampedField | KeyName
>;

/** The fields of a task that follow from its id, and its natural key. */
export type TaskIdentity = Readonly<Pick<MediaTask, 'id' | 'provider'> & { __typename: string }>;

/**
 * A task as the graph answers it: a plain, immutable object with the field names of its schema type.
 * While `problem` is set, the fields of the snapshot are absent.
 */
export type Task = TaskIdentity &
  Readonly<
    Pick<MediaTask, 'stale' | 'nextPollAfterMs' | 'problem'> &
      Partial<Snapshot & Pick<MediaTask, 'isFinal' | 'fetchedAt'>>
  >;

const finalStatuses: ReadonlySet<MediaTaskStatus | null> = new Set<MediaTaskStatus>([
  'SUCCEEDED',
  'PARTIALLY_SUCCEEDED',
  'FAILED',
  'CANCELED',
]);

/** Whether a task with this status will not change any more. */
export const isFinalStatus = (status: MediaTaskStatus | null): boolean => finalStatuses.has(status);

/** A job: a part of a task that is an entity of its own, as the graph answers it. */
export type Job = Readonly<{
  __typename?: string;
  status: MediaTaskStatus | null;
  problem: MediaTaskProblem | null;
}>;
