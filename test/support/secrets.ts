import type { Stack } from './stack.ts';

/** Parts of signed requests. A presigned URL in a task's data contains some of them, so tests exclude those. */
const signsOfSignature =
  /\b(Signature|SignatureNonce|AccessKeyId|SecurityToken)(=|%3D)|HMAC-SHA256 Credential|\bBasic [\w+/]{8}/;

/** Secrets, signed addresses and vendors' addresses found in texts that clients or operators see. */
export const findSecrets = ({ sandbox }: Pick<Stack, 'sandbox'>, texts: readonly string[]): string[] => {
  const secrets = [
    ...Object.entries(sandbox.environment())
      .filter(([name]) => /KEY|SECRET|TOKEN|APP_ID/.test(name))
      .map(([, value]) => value),
    ...Object.entries(sandbox.urls)
      .filter(([name]) => name !== 'control')
      .map(([, url]) => new URL(url).host),
  ];
  const spellings = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return texts.filter(
    (text) => spellings.some((secret) => text.includes(secret)) || signsOfSignature.test(text),
  );
};
