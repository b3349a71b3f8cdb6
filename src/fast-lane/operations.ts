import { LRUCache } from 'lru-cache';
import { createMakePlan, type MakePlan, type Operation, type PlanOptions } from './plan.ts';

/** The operations that Apollo Server has executed without an error, by their documents and names. */
export interface Operations {
  learn(source: string, name: string | undefined, operation: Operation): void;
  /** For clients that send the hash of a document instead. */
  learnHash(hash: string, source: string): void;
  sourceOf(hash: string): string | undefined;
  /** Undefined if it is not known, or cannot be planned. */
  find(source: string, name: unknown): MakePlan | undefined;
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

  return {
    learnHash: (hash, source) => hashes.set(hash, source),
    sourceOf: (hash) => hashes.get(hash),
    learn: (source, name, operation) => {
      let known = findDocument(source);
      if (!known) {
        known = { source, byName: new Map() };
        const others = documents.get(source.length) ?? [];
        documents.set(source.length, [known, ...others].slice(0, maxOfLength));
      }
      if (!known.byName.has(name)) known.byName.set(name, operation);
    },
    find: (source, name) => {
      const operation = findDocument(source)?.byName.get(name);
      // A plan is for operations that are sent again.
      if (operation && !('makePlan' in operation)) {
        Object.assign(operation, { makePlan: createMakePlan(options, operation) });
      }
      return operation?.makePlan;
    },
  };
};
