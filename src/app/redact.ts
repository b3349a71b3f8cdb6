import { percentEncode } from '../vendor-http/query.ts';

/** The query of a URL, which holds signatures; the value of a header; values named like a credential. */
const suspicious = [
  /(?<=\bhttps?:\/\/[^\s"'<>?]*)\?[^\s"'<>]+/gi,
  /\bAuthorization["']?(=|%3D|: ?)["']?[^"'\r\n]+/gi,
  /\b(Signature|AccessKeyId|AWSAccessKeyId|SecurityToken)(=|%3D|: ?)[^\s&"']+/gi,
];

/** Shorter secrets occur in ordinary text: redacting them would make it unreadable. */
const shortestSecret = 6;

const mark = '[redacted]';

/** Creates a function that redacts the given secrets, and everything that looks like one, in a text. */
export const createRedactor = (secrets: Iterable<string>): ((text: string) => string) => {
  const spellings = [...secrets].filter((secret) => secret.length >= shortestSecret).flatMap(toSpellings);
  // The longest first: one secret can be the beginning of another.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutSecrets = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mark), text);
    return suspicious.reduce((rest, pattern) => rest.replace(pattern, mark), withoutSecrets);
  };
};

/** Verbatim, encoded as in a URL, encoded as in a canonical query (RFC 3986), and escaped as in JSON. */
const toSpellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  percentEncode(secret),
  JSON.stringify(secret).slice(1, -1),
];
