import type { Content } from '../domain/answer.ts';
import { InvalidInputError, LookupError, toRedacted } from '../domain/errors.ts';
import type { Call, Key, Provider, VendorRequest } from '../domain/provider.ts';
import type { Snapshot } from '../domain/task.ts';
import { decodeTaskId } from '../domain/task-id.ts';
import { mapTexts } from '../domain/texts.ts';
import type { Operation } from '../owner/owner.ts';
import type { Account } from './accounts.ts';
import { createDataRedactor, type Redact } from './redact.ts';

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
  return [tasks, ...jobs].map((operation) => toRedactedOperation(operation, redactions));
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

/** The same operation, none of whose texts holds a secret, or the signature of its own request: vendors echo what they get. */
const toRedactedOperation = (operation: Operation, { redact, redactData }: Redactions): Operation => ({
  ...operation,
  fetch: async (ids, call) => {
    const signatures: string[] = [];
    const watched: Call = {
      get: (request) => {
        signatures.push(...toSignatures(request));
        return call.get(request);
      },
    };
    try {
      const contents = await operation.fetch(ids, watched);
      const redactSignatures = createDataRedactor(signatures);
      const toShown = (text: string): string => redactSignatures(redactData(text));
      return new Map([...contents].map(([id, content]) => [id, mapTexts(content, toShown)]));
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      const redactSignatures = createDataRedactor(signatures);
      throw toRedacted(error, (text) => redact(redactSignatures(text)));
    }
  },
});

/** What of a request would let a reader send it again. */
const toSignatures = ({ url, headers = {} }: VendorRequest): string[] => {
  const authorization = headers.authorization ?? '';
  return [
    URL.parse(url)?.searchParams.get('Signature') ?? '',
    authorization,
    // The value after the scheme, and the last of its fields.
    authorization.replace(/^\S+\s+/, ''),
    authorization.replace(/^.*=(?=.)/, ''),
  ].filter((text) => text !== '');
};
