import { LRUCache } from 'lru-cache';
import { createMakePlan, type MakePlan, type Operation, type PlanOptions } from './plan.ts';
import type { Values } from './variables.ts';

/** What a request says, whatever the types. */
export interface RequestFields {
  readonly query: unknown;
  readonly operationName: unknown;
  readonly variables: unknown;
  readonly extensions: unknown;
}

/** The operations that Apollo Server has executed without an error, by their documents and names. */
export interface Operations {
  learn(source: string, name: string | undefined, operation: Operation): void;
  /** For clients that send the hash of a document instead. */
  learnHash(hash: string, source: string): void;
  /** Undefined if the operation is not known, or cannot be planned for these variables. */
  find(request: RequestFields): ReturnType<MakePlan>;
}

/** Documents of different lengths, and of the same length, and the characters of all. */
const maxLengths = 300;
const maxOfLength = 8;
const maxCharacters = 1_000_000;

interface KnownDocument {
  readonly source: string;
  readonly byName: Map<unknown, Operation & { makePlan?: MakePlan | undefined }>;
}

export const createOperations = (options: PlanOptions): Operations => {
  // By length: to hash a text that has just been received takes longer than to compare it with one or two others.
  const documents = new LRUCache<number, readonly KnownDocument[]>({
    max: maxLengths,
    maxSize: maxCharacters,
    sizeCalculation: (ofLength, length) => ofLength.length * length + 1,
  });
  const hashes = new LRUCache<string, string>({ max: maxLengths });

  const findDocument = (source: string): KnownDocument | undefined => {
    for (const known of documents.get(source.length) ?? []) if (known.source === source) return known;
    return undefined;
  };

  const makePlanOf = (source: string, name: unknown): MakePlan | undefined => {
    const operation = findDocument(source)?.byName.get(name);
    // A plan is for operations that are sent again.
    if (operation && !('makePlan' in operation)) {
      Object.assign(operation, { makePlan: createMakePlan(options, operation) });
    }
    return operation?.makePlan;
  };

  return {
    learnHash: (hash, source) => hashes.set(hash, source),
    learn: (source, name, operation) => {
      let known = findDocument(source);
      if (!known) {
        known = { source, byName: new Map() };
        const others = documents.get(source.length) ?? [];
        documents.set(source.length, [known, ...others].slice(0, maxOfLength));
      }
      if (!known.byName.has(name)) known.byName.set(name, operation);
    },
    find: ({ query, operationName, variables, extensions }) => {
      const source = toSource(query, extensions, hashes);
      if (source === undefined || (variables && !isRecord(variables))) return undefined;
      return makePlanOf(source, operationName ?? undefined)?.((variables as Values | undefined) ?? {});
    },
  };
};

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The document that a request sends, or names by its hash. */
const toSource = (
  query: unknown,
  extensions: unknown,
  hashes: LRUCache<string, string>,
): string | undefined => {
  if (extensions === undefined || extensions === null) return typeof query === 'string' ? query : undefined;
  if (query !== undefined || !isRecord(extensions) || Object.keys(extensions).length !== 1) return undefined;
  const { persistedQuery } = extensions;
  if (!isRecord(persistedQuery) || persistedQuery.version !== 1) return undefined;
  const { sha256Hash } = persistedQuery;
  return typeof sha256Hash === 'string' ? hashes.get(sha256Hash) : undefined;
};
