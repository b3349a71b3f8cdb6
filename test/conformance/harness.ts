import type { Key, Provider } from '../../src/domain/provider.ts';
import type { MediaTaskProblemCode, MediaTaskStatus } from '../../src/generated/model.ts';
import type { DocumentedField } from './documented-field.ts';
import type { Json, Path } from './json.ts';
import type { SeenRequest, VendorReply } from './local-vendor.ts';

/** One documented error code: what it means, and the HTTP statuses it comes with. */
export type ErrorCode = readonly [code: string, means: MediaTaskProblemCode, ...http: number[]];

/** What the conformance suite needs about a provider and its vendor: data, and the forms of the vendor's replies. */
export interface Harness {
  readonly title: string;
  readonly provider: Provider;
  /** SDL of the provider's type, where it is not among the files of `schema/`. */
  readonly extraSdl?: string;

  /** The variables that hold credentials, with fake values; the public ones come first. All are needed. */
  readonly credentials: Readonly<Record<string, string>>;
  /** The credential that may appear in requests and errors, such as an application id, which is no secret. */
  readonly notSecret?: readonly string[];
  /** The credentials that are sent verbatim in a header, such as a bearer token or an API key. */
  readonly sentInHeader?: readonly string[];
  /** The variable of the vendor's endpoint, and the path in it. */
  readonly endpoint: { readonly variable: string; readonly path?: string };
  /** Further variables. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly key: Key;
  /** Reads the time and nonce of a request. Absent: requests carry neither. */
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
  /** The path of the task's id in a success. Absent: the vendor does not send it. */
  readonly taskIdPath?: Path;
  /** The path of the result code in a success. Absent: it has none. */
  readonly codePath?: Path;
  /** A minimal success. */
  readonly minimal: Json;
  /** Every documented status. */
  readonly statuses: Readonly<Record<string, MediaTaskStatus>>;
  /** A success with this status, and with other fields that match it. */
  readonly withStatus: (word: string) => Json;

  readonly unknownTask: VendorReply;
  /** Every documented error code. */
  readonly errorCodes: readonly ErrorCode[];
  /** A code in the vendor's form that is not documented. */
  readonly undocumentedCode: string;
  /** The refusal with this code and this message, with `refused-request` as the request's id where the vendor gives one. */
  readonly refusal: (code: string, words: string, http: number) => VendorReply;
  readonly throttled: VendorReply;
}
