import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** What a client has sent, before anything of it is read. */
export interface SentRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body of a POST, or the address of a GET. */
  readonly text: string;
}

/** What has been found out about requests: a client that polls sends the same again. */
export interface KnownRequests<Answer extends object> {
  find(request: SentRequest): Answer | undefined;
  keep(request: SentRequest, answer: Answer): void;
}

interface Known<Answer extends object> {
  readonly method: string;
  readonly text: string;
  readonly accept: unknown;
  /** Held weakly: else it would keep tasks in memory that have a newer answer, or have been forgotten. */
  readonly answer: WeakRef<Answer>;
}

/** What each takes besides its text. */
const overheadBytes = 500;

/** @param maxBytes of all; what was sent least recently is forgotten first */
export const createKnownRequests = <Answer extends object>(maxBytes: number): KnownRequests<Answer> => {
  // By checksum: hashing a text of this size as the key of a Map takes longer than everything else. Of two with the same
  // checksum, one is known.
  const known = new LRUCache<number, Known<Answer>>({ maxSize: maxBytes });
  return {
    find: ({ method, text, headers }) => {
      const kept = known.get(crc32(text));
      const isSame = kept?.text === text && kept.method === method && kept.accept === headers.accept;
      return isSame ? kept.answer.deref() : undefined;
    },
    keep: ({ method, text, headers: { accept } }, answer) => {
      const bytesPerCharacter = Buffer.byteLength(text) === text.length ? 1 : 2;
      const size = overheadBytes + bytesPerCharacter * text.length;
      known.set(crc32(text), { method, text, accept, answer: new WeakRef(answer) }, { size });
    },
  };
};
