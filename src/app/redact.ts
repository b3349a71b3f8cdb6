import { percentEncode } from '../vendor-http/query.ts';

/** The query of an address, where signatures are; the value of a header; and what is named like a credential. */
const suspicious = [
  /(?<=\bhttps?:\/\/[^\s"'<>?]*)\?[^\s"'<>]+/gi,
  /\bAuthorization["']?(=|%3D|: ?)["']?[^"'\r\n]+/gi,
  /\b(Signature|AccessKeyId|AWSAccessKeyId|SecurityToken)(=|%3D|: ?)[^\s&"']+/gi,
];

/** Blotting out every place where a very short secret happens to stand would leave nothing to read. */
const shortestSecret = 6;

const mark = '[redacted]';

/** Makes a function that blots out the given secrets, and all that looks like one, from a text. */
export const createRedactor = (secrets: Iterable<string>): ((text: string) => string) => {
  const spellings = [...secrets].filter((secret) => secret.length >= shortestSecret).flatMap(toSpellings);
  // The longest first: one secret can be the beginning of another.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutSecrets = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mark), text);
    return suspicious.reduce((rest, pattern) => rest.replace(pattern, mark), withoutSecrets);
  };
};

/** As it is, in an address, in a signed address, and in JSON. */
const toSpellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  percentEncode(secret),
  JSON.stringify(secret).slice(1, -1),
];
