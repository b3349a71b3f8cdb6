import { LookupError, toRedacted } from '../domain/errors.ts';
import type { Call, VendorRequest } from '../domain/provider.ts';
import { mapTexts } from '../domain/texts.ts';
import type { Operation } from '../owner/owner.ts';
import { createDataRedactor, type Redact } from './redact.ts';

export interface Redactions {
  /** For messages of errors. */
  readonly redact: Redact;
  /** For what a vendor says of a task. */
  readonly redactData: Redact;
}

/** The same operation, none of whose texts holds a secret, or the signature of its own request: vendors echo what they get. */
export const toRedactedOperation = (operation: Operation, { redact, redactData }: Redactions): Operation => ({
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
