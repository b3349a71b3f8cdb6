import { createHash } from 'node:crypto';
import type { Environment } from '../domain/provider.ts';

/** An environment that notes which account a provider's settings stand for. */
export interface AccountIdentity {
  /** To be handed to the provider. */
  readonly environment: Environment;
  /** Names the account: the same for the same key id at the same endpoint and region, whatever its secret is. */
  toAccount(provider: string): string;
  /** A fingerprint of the secrets: replicas in the middle of a rotation have different ones. */
  toFingerprint(): string;
  /** Known to whoever has the account's secrets, and to nobody else. */
  toSealSecret(): string;
  /** The same for all replicas of the account, whatever their secrets are. Not to be published: the name is for that. */
  toLeaseSecret(): string;
}

/** By the contract of `Environment.credentials`, the first one identifies the account and is not a secret. */
export const createAccountIdentity = (environment: Environment): AccountIdentity => {
  const identity: string[] = [];
  const secrets: string[] = [];
  const note = <Value>(list: string[], value: Value): Value => {
    if (value !== undefined) list.push(String(value));
    return value;
  };
  return {
    environment: {
      ...environment,
      credentials: (...names) => {
        const values = environment.credentials(...names);
        const [first, ...others] = names;
        if (values && first) note(identity, values[first]);
        for (const name of others) note(secrets, values?.[name]);
        return values;
      },
      secret: (name) => note(secrets, environment.secret(name)),
      url: (name, fallback) => note(identity, environment.url(name, fallback)),
      text: (name, fallback) => note(identity, environment.text(name, fallback)),
    },
    toAccount: (provider) => `${provider}-${toDigest(identity).slice(0, 12)}`,
    toFingerprint: () => toDigest(secrets).slice(0, 8),
    toSealSecret: () => toDigest(['seal', ...identity, ...secrets]),
    toLeaseSecret: () => toDigest(['lease', ...identity]),
  };
};

const toDigest = (values: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex');
