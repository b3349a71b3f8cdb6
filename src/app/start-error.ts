import { ConfigError } from './config.ts';

/** What `listen` fails with. */
interface ListenError extends Error {
  readonly code: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

const listenMessages: Readonly<Record<string, (error: ListenError, variable: string) => string>> = {
  EADDRINUSE: ({ address, port }, variable) =>
    `Port ${port} of ${address} is in use: stop what listens there, or set ${variable} to another.`,
  EACCES: ({ address, port }, variable) =>
    `This user may not listen on port ${port} of ${address}: set ${variable} to another, such as 4000.`,
  EADDRNOTAVAIL: ({ address }) =>
    `${address} is not an address of this machine: set HOST to one that is, or to 0.0.0.0 for all.`,
  ENOTFOUND: ({ hostname }) => `No address is known for the HOST ${hostname}.`,
  EAI_AGAIN: ({ hostname }) => `No address is known for the HOST ${hostname}.`,
};

const isListenError = (error: object): error is ListenError =>
  'syscall' in error && ['listen', 'bind', 'getaddrinfo'].includes(String(error.syscall));

/**
 * The message for an error that stopped the start. Only an unexpected error, which is a bug, comes with its stack.
 * @param metricsPort the value of METRICS_PORT
 */
export const toStartMessage = (error: unknown, metricsPort?: string): string => {
  if (error instanceof ConfigError) return error.message;
  if (typeof error !== 'object' || error === null) return String(error);
  const listenMessage = isListenError(error)
    ? listenMessages[error.code]?.(error, String(error.port) === metricsPort ? 'METRICS_PORT' : 'PORT')
    : undefined;
  return listenMessage ?? ('stack' in error ? String(error.stack) : String(error));
};
