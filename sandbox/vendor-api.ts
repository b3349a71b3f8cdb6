import type { IncomingHttpHeaders } from 'node:http';
import type { SandboxCredentials } from './credentials.ts';

export const providerNames = [
  'aliyun-vod',
  'visionular',
  'volcengine-webcast',
  'volcengine-whiteboard',
  'zego',
] as const;

export type ProviderName = (typeof providerNames)[number];

/** A decoded name and value, as they stood in a query string or a form. */
export type Pair = readonly [name: string, value: string];

/** What arrived at a vendor's door, decoded once. */
export interface VendorRequest {
  readonly method: string;
  readonly path: string;
  /** Decoded, in the order sent. */
  readonly query: readonly Pair[];
  /** Decoded form fields; empty unless the body is a form. */
  readonly form: readonly Pair[];
  /** Query and form by name. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Why the parameters cannot be trusted (bad percent-encoding, a name sent twice); undefined when they can. */
  readonly flaw: string | undefined;
}

/** What a vendor says. `refusedFor` is the vendor's own code when it refuses, and what the statistics count. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusedFor?: string;
}

/** The ways of saying no that a fault switch can ask of any vendor. */
export type Trouble = 'throttled' | 'wrongCredentials' | 'internalError' | 'unavailable';

/** One vendor API: how it checks a request, what it answers, and how it says no. */
export interface VendorApi {
  readonly provider: ProviderName;
  /** The vendor's limit over any sliding second. */
  readonly callsPerSecond: number;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  /** The request parameters that can name the task. */
  readonly taskParameters: readonly string[];
  /** The vendor's refusal, or undefined for a request it trusts. `now` is the vendor's clock, ms epoch. */
  verify(request: VendorRequest, now: number): Reply | undefined;
  /** The answer to a trusted request. */
  answer(request: VendorRequest, now: number): Reply;
  refuse(trouble: Trouble, request: VendorRequest): Reply;
  /** For a vendor that also speaks something else than JSON; undefined means JSON. */
  write?(reply: Reply, request: VendorRequest): WrittenReply | undefined;
}

export interface WrittenReply {
  readonly contentType: string;
  readonly text: string;
}

/** What every vendor API is built from. */
export interface VendorSetting {
  readonly credentials: SandboxCredentials;
  /** When the sandbox opened, ms epoch; the times in its unchanging tasks are counted from it. */
  readonly openedAt: number;
}
