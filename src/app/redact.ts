import { percentEncode } from '../vendor-http/query.ts';

/** A text without the secrets in it. */
export type Redact = (text: string) => string;

/** The query of a URL, which holds signatures; the value of a header; values named like a credential. */
const suspicious = [
  /(?<=\bhttps?:\/\/[^\s"'<>?]*)\?[^\s"'<>]+/gi,
  /\bAuthorization["']?(=|%3D|: ?)["']?[^"'\r\n]+/gi,
  /\b(Signature|AccessKeyId|AWSAccessKeyId|SecurityToken)(=|%3D|: ?)[^\s&"']+/gi,
];

/** Shorter secrets occur in ordinary text: redacting them would make it unreadable. */
const shortestSecret = 6;

export const mark = '[redacted]';

/** Creates a function that redacts the given secrets, and everything that looks like one, in a text for people. */
export const createRedactor = (secrets: Iterable<string>): Redact => {
  const redactSecrets = createSecretRedactor(secrets);
  return (text) => suspicious.reduce((rest, pattern) => rest.replace(pattern, mark), redactSecrets(text));
};

/**
 * Creates a function that redacts the given secrets in data, in every spelling in which they are sent or that a vendor
 * could echo. Signed URLs of vendors stay: they are what clients ask for. So do short numbers, such as the public id of an
 * account, which are part of such URLs.
 */
export const createDataRedactor = (secrets: Iterable<string>): Redact =>
  createSecretRedactor([...secrets].filter((secret) => !/^\d{1,12}$/.test(secret)));

/** Capitals are not told apart: percent-encoding and hex may have either. */
const createSecretRedactor = (secrets: Iterable<string>): Redact => {
  const long = [...secrets].filter((secret) => secret.length >= shortestSecret);
  const parts = [...new Set(long.flatMap(toParts))];
  let pattern: RegExp | undefined;
  return (text) => {
    // Each call has a signature of its own: to look for all its spellings costs far more than to look for what they share.
    const inCapitals = text.toUpperCase();
    if (!parts.some((part) => inCapitals.includes(part))) return text;
    pattern ??= toPattern(long);
    return redactMatches(text, pattern);
  };
};

const toPattern = (secrets: readonly string[]): RegExp => {
  const [plain, base64] = [secrets.flatMap(toSpellings), secrets.flatMap(toBase64Spellings)];
  return new RegExp(`${toAlternatives(plain)}|(?<base64>${toAlternatives(base64)})`, 'gi');
};

/** Parts of which every spelling of a secret holds one, in capitals: no encoding but hex and base64 changes letters and digits. */
const toParts = (secret: string): string[] =>
  [secret, toHex(secret), ...toBase64Cores(secret)].map((text) => longestWord(text).toUpperCase());

const longestWord = (text: string): string =>
  text.split(/[^a-z\d]+/i).reduce((longest, word) => (word.length > longest.length ? word : longest));

/** The longest first: one secret can be the beginning of another. */
const toAlternatives = (spellings: readonly string[]): string =>
  [...new Set(spellings)]
    .sort((a, b) => b.length - a.length)
    .map(RegExp.escape)
    .join('|');

/** In time proportional to the text's length: what stands around a match is looked at once. */
const redactMatches = (text: string, pattern: RegExp): string => {
  let redacted = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    let start = match.index;
    let end = pattern.lastIndex;
    if (match.groups?.base64) {
      while (start > done && isBase64(text[start - 1])) start -= 1;
      while (isBase64(text[end])) end += 1;
    }
    redacted += text.slice(done, start) + mark;
    done = end;
    pattern.lastIndex = end;
  }
  return done === 0 ? text : redacted + text.slice(done);
};

const isBase64 = (character: string | undefined): boolean =>
  character !== undefined && /[\w+/=%-]/.test(character);

const toSpellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  toHtml(secret),
  toHex(secret),
  ...toUrlSpellings(secret),
  // A canonical query within the text that is signed, which vendors echo, is encoded twice.
  ...toUrlSpellings(secret).map(percentEncode),
];

const toHex = (secret: string): string => Buffer.from(secret).toString('hex');

/** As in a URL, as in a form, and as in a canonical query (RFC 3986). */
const toUrlSpellings = (secret: string): string[] => [
  encodeURIComponent(secret),
  new URLSearchParams({ '': secret }).toString().slice(1),
  percentEncode(secret),
];

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const toHtml = (secret: string): string =>
  secret.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? character);

/** Shorter ones occur in ordinary text. A secret of six characters has as many that nothing around it changes. */
const shortestBase64 = 6;

/** In the alphabet of RFC 4648, in that for URLs, and percent-encoded. */
const toBase64Spellings = (secret: string): string[] =>
  toBase64Cores(secret).flatMap((core) => {
    const forUrls = core.replaceAll('+', '-').replaceAll('/', '_');
    return [core, forUrls, percentEncode(core)];
  });

/**
 * The secret within a longer text in base64, such as the user and password of HTTP Basic: its characters depend on how
 * many bytes stand before it.
 */
const toBase64Cores = (secret: string): string[] =>
  [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    const core = bytes.toString('base64').slice(first, end);
    return core.length < shortestBase64 ? [] : [core];
  });
