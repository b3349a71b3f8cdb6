import type { Key, Provider } from '../../src/domain/provider.ts';
import type { MediaTaskProblemCode, MediaTaskStatus } from '../../src/generated/model.ts';
import type { DocumentedField } from './documented-field.ts';
import type { Json, Path } from './json.ts';
import type { SeenRequest, VendorReply } from './local-vendor.ts';

/** One documented error code: what it means, and the HTTP statuses it comes with. */
export type ErrorCode = readonly [code: string, means: MediaTaskProblemCode, ...http: number[]];

/** What the conformance suite must know of a provider and its vendor: data, and how to write the vendor's replies. */
export interface Harness {
  readonly title: string;
  readonly provider: Provider;
  /** SDL of the provider's type, where it is not among the files of `schema/`. */
  readonly extraSdl?: string;

  /** The variables that hold credentials, with values made up for the test: what may be seen first. All are needed. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Which of the credentials, if any, may be seen in a request or an error: an application's number is no secret. */
  readonly notSecret?: readonly string[];
  /** The credentials that the vendor wants as they are, in a header: a bearer token, an API key. */
  readonly sentInHeader?: readonly string[];
  /** The variable of the vendor's address, and what follows the origin in it. */
  readonly endpoint: { readonly variable: string; readonly path?: string };
  /** Further variables. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly key: Key;
  /** Reads from a request what makes it new. Absent: the vendor's requests are signed by nothing that changes. */
  readonly signed?: {
    /** When it was signed, in milliseconds since 1970. */
    time(request: SeenRequest): number;
    nonce?(request: SeenRequest): string | null | undefined;
  };

  /** Every response field of the vendor's document. */
  readonly documentedFields: readonly DocumentedField[];
  /** A success about `key` that holds every documented field. */
  readonly full: Json;
  readonly fullStatus: MediaTaskStatus;
  readonly statusPath: Path;
  /** Where a success says which task it is about. Absent: the vendor does not say. */
  readonly taskIdPath?: Path;
  /** Where a success has a result code that says so. Absent: it has none. */
  readonly codePath?: Path;
  /** The least that is still a success. */
  readonly minimal: Json;
  /** Every documented status word. */
  readonly statuses: Readonly<Record<string, MediaTaskStatus>>;
  /** A success whose status is this word, and whose other fields go with it. */
  readonly withStatus: (word: string) => Json;

  readonly unknownTask: VendorReply;
  /** Every documented error code. */
  readonly errorCodes: readonly ErrorCode[];
  /** A code of the vendor's kind that no document knows. */
  readonly undocumentedCode: string;
  /** The refusal with this code, in these words, with `refused-request` as the request's id where the vendor gives one. */
  readonly refusal: (code: string, words: string, http: number) => VendorReply;
  readonly throttled: VendorReply;
}
