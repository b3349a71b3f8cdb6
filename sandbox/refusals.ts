import type { VendorRequest } from './request.ts';
import type { RefusalKind, Reply } from './vendor.ts';

/** The forms of refusal of one vendor. */
export interface RefusalForm<Code extends string | number> {
  /** The HTTP status and the usual message of each of the vendor's codes. */
  readonly codes: Readonly<Record<Code, readonly [status: number, message: string, ...unknown[]]>>;
  /** The code of each common refusal. */
  readonly kinds: Readonly<Record<RefusalKind, Code>>;
  toBody(request: VendorRequest, code: Code, message: string): object;
}

/** The refusals of one vendor, as replies. */
export function createRefusals<Code extends string | number>({ codes, kinds, toBody }: RefusalForm<Code>) {
  /** The answer about a task that does not exist, where it has the form of a refusal. */
  function answerAs(request: VendorRequest, code: Code, message = codes[code][1]): Reply {
    return { status: codes[code][0], body: toBody(request, code, message) };
  }

  /** Refuses; a more specific `message` replaces the usual one. */
  function refuse(request: VendorRequest, code: Code, message?: string): Reply {
    return { ...answerAs(request, code, message), refusedFor: String(code) };
  }

  function refuseAs(request: VendorRequest, kind: RefusalKind): Reply {
    return refuse(request, kinds[kind]);
  }

  return { answerAs, refuse, refuseAs };
}
