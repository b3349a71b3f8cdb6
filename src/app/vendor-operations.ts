import type { Content } from '../domain/answer.ts';
import { InvalidInputError, LookupError, toRedacted } from '../domain/errors.ts';
import type { Call, Key, Provider, VendorRequest } from '../domain/provider.ts';
import type { Snapshot } from '../domain/task.ts';
import { decodeTaskId } from '../domain/task-id.ts';
import { joinTexts, mapTexts } from '../domain/texts.ts';
import type { TimeSlices } from '../graphql/time-slices.ts';
import type { Operation } from '../owner/owner.ts';
import type { Account } from './accounts.ts';
import { createDataRedactor, type Redact } from './redact.ts';

/** In characters. Shorter answers are read in a millisecond. */
const longAnswer = 100_000;

export interface Redactions {
  /** For messages of errors. */
  readonly redact: Redact;
  /** For what a vendor says of a task. */
  readonly redactData: Redact;
}

/** What the owner of the account can ask the provider's vendor. */
export const toOperations = (
  provider: Provider,
  { fetchTask, fetchJobs }: Pick<Account, 'fetchTask' | 'fetchJobs'>,
  redactions: Redactions,
  slices: Pick<TimeSlices, 'pause'>,
): readonly Operation[] => {
  const { typename, jobKind } = provider;
  const tasks: Operation = {
    typename,
    maxBatch: 1,
    fetch: async ([id = ''], call) => {
      const snapshot = await fetchTask(toKey(provider, id), call);
      return new Map(snapshot ? [[id, snapshot]] : []);
    },
    ...(jobKind ? { learn: (content) => toJobContents(jobKind, content) } : {}),
  };
  const jobs =
    jobKind && fetchJobs
      ? [{ typename: jobKind.typename, maxBatch: jobKind.mostPerCall, fetch: fetchJobs }]
      : [];
  return [tasks, ...jobs].map((operation) => toRedactedOperation(operation, redactions, slices));
};

/** Ids that this process was asked for are well-formed; those that another replica wants need not be. */
const toKey = (provider: Provider, id: string): Key => {
  try {
    return decodeTaskId([provider], id).key;
  } catch (error) {
    if (error instanceof InvalidInputError) throw new LookupError('REJECTED', error.message);
    throw error;
  }
};

/** The jobs in a task, whose snapshot is known to be the provider's own. */
const toJobContents = function* (
  { typename, jobsOf }: NonNullable<Provider['jobKind']>,
  content: Content,
): Generator<readonly [{ typename: string; id: string }, Content]> {
  for (const [id, job] of jobsOf(content as Snapshot)) yield [{ typename, id }, job];
};

/**
 * The same operation, none of whose texts holds a secret, or the signature of its own request: vendors echo what they get.
 * A long answer is read, redacted piece by piece, and kept in turns of the event loop of their own.
 */
const toRedactedOperation = (
  operation: Operation,
  { redact, redactData }: Redactions,
  slices: Pick<TimeSlices, 'pause'>,
): Operation => ({
  ...operation,
  fetch: async (ids, call) => {
    const signatures: string[] = [];
    let isLong = false;
    const pause = async (): Promise<void> => {
      if (isLong) await slices.pause(operation);
    };
    const watched: Call = {
      get: async (request) => {
        signatures.push(...toSignatures(request));
        const reply = await call.get(request);
        isLong ||= reply.body.length > longAnswer;
        await pause();
        return reply;
      },
    };
    const redactBy = (redactSecrets: Redact): Redact => {
      const redactSignatures = createDataRedactor(signatures);
      return (text) => redactSecrets(redactSignatures(text));
    };
    try {
      const contents = await operation.fetch(ids, watched);
      await pause();
      const redactText = redactBy(redactData);
      const redacted = new Map<string, Content>();
      for (const [id, content] of contents) redacted.set(id, await redactContent(content, redactText, pause));
      return redacted;
    } catch (error) {
      throw error instanceof LookupError ? toRedacted(error, redactBy(redact)) : error;
    }
  },
});

/** Longer than any spelling of a secret, in characters: what is cut by the end of a piece is whole in one of two. */
const overlap = 10_000;

/** Looking once through all texts together takes a tenth of looking through each, and hardly ever finds anything. */
const redactContent = async (
  content: Content,
  redactText: Redact,
  pause: () => Promise<void>,
): Promise<Content> => {
  for (const texts of joinTexts(content, longAnswer, overlap)) {
    if (redactText(texts) !== texts) return mapTexts(content, redactText);
    await pause();
  }
  return content;
};

/** What of a request would let a reader send it again: the last value of its header, as in `HMAC-SHA256 …, Signature=…`. */
const toSignatures = ({ url, headers: { authorization = '' } = {} }: VendorRequest): string[] =>
  [URL.parse(url)?.searchParams.get('Signature'), /[\w+/.~-]+=*$/.exec(authorization)?.[0]].filter(
    (signature) => typeof signature === 'string',
  );
