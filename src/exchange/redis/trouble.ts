/** What Redis and the network say, as a sentence for people. Names no address, no user and no key. */
export const toTrouble = (error: unknown): string => {
  const { message = '', code = '' } = (error ?? {}) as { message?: string; code?: unknown };
  const forbidden = /^NOPERM.*(key|channel|'([a-z|]+)' command)/.exec(message);
  if (forbidden) {
    const [, what, command] = forbidden;
    return `it forbids this user ${command ? `the command ${command}` : `${what}s that begin with media-tasks:`}.`;
  }
  if (/^ERR DB index/.test(message)) return 'it has no database of that number.';
  return explanations[String(code)] ?? explanations[toWord(error)] ?? 'it could not be reached.';
};

/** The word that an error of Redis begins with, such as `READONLY`. Empty: it is another error. */
export const toWord = (error: unknown): string =>
  /^[A-Z]{2,}\b/.exec(error instanceof Error ? error.message : '')?.[0] ?? '';

const explanations: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at its address.',
  ECONNRESET: 'it closed the connection.',
  EPIPE: 'it closed the connection.',
  ENOTFOUND: 'there is no host of that name.',
  EAI_AGAIN: 'its name cannot be resolved just now.',
  ENOENT: 'there is no such socket.',
  EACCES: 'its socket is not open to this user.',
  ETIMEDOUT: 'it did not answer.',
  EHOSTUNREACH: 'there is no way to its host.',
  ENETUNREACH: 'there is no way to its network.',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted: set REDIS_CA.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted: set REDIS_CA.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted: set REDIS_CA.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted: set REDIS_CA.',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: use redis:// instead of rediss://.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: use redis:// instead of rediss://.',
  NOAUTH: 'it wants a password.',
  WRONGPASS: 'it refuses the user or the password.',
  NOPERM: 'it forbids this user a command, key or channel that is needed.',
  READONLY: 'it is a read-only replica: name the primary.',
  OOM: 'it is full.',
  MISCONF: 'it cannot write to its disk, and so takes nothing.',
  LOADING: 'it is still loading its data.',
  BUSY: 'it is busy with a script of somebody else.',
  MOVED: 'it is a node of a cluster: name several nodes, with commas between.',
  CLUSTERDOWN: 'its cluster is down.',
  DEAF: 'messages that are published do not arrive.',
  MASTERDOWN: 'its primary is down.',
  ERR: 'it does not know a command that is needed.',
};

/** Whether Redis itself said so. */
export const isRedisReply = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ReplyError';
