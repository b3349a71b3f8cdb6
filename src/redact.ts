/** What looks like a credential, and the query of an address, where signatures are. */
const suspicious =
  /(?<=\bhttps?:\/\/[^\s"'<>?]*)\?[^\s"'<>]+|\b(Signature|AccessKeyId|AWSAccessKeyId|SecurityToken|Authorization)(=|%3D|: ?)[^\s&"']+/gi;

/** Makes a function that blots out the given secrets, and all that looks like one, from a text. */
export const createRedactor = (secrets: Iterable<string>): ((text: string) => string) => {
  const spellings = [...secrets].flatMap((secret) => [secret, encodeURIComponent(secret)]);
  // The longest first: one secret can be the beginning of another.
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce(
      (rest, secret) => rest.replaceAll(secret, '[redacted]'),
      text.replace(suspicious, '[redacted]'),
    );
};
