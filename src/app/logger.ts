import { format } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Logger, pino } from 'pino';
import { parseJson } from '../domain/json.ts';
import { mark, type Redact } from './redact.ts';

export interface LoggerOptions {
  readonly level: string;
  readonly redact: Redact;
  readonly stream: { write(line: string): void };
}

/**
 * One line of JSON for each event, without secrets. The redaction covers the lines of libraries, too, and is made in the
 * values of a line: replaced in its JSON, a secret with a quotation mark would leave a line that nothing can read.
 */
export const createLogger = ({ level, redact, stream }: LoggerOptions): Logger => {
  const toShown = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (typeof value === 'number') return redact(String(value)) === mark ? mark : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(toShown);
    // Bytes cannot be searched for secrets, and nobody reads them.
    if ('type' in value && value.type === 'Buffer') return mark;
    const entries = Object.entries(value).map(([name, field]) => {
      return [redact(name), isSecretName(name) ? mark : toShown(field)] as const;
    });
    return Object.fromEntries(entries);
  };
  const write = (line: string): void => {
    const isHarmless = redact(line) === line && !line.includes('"type":"Buffer"');
    stream.write(isHarmless ? line : `${JSON.stringify(toShown(parseJson(line)))}\n`);
  };
  return pino({ level }, { write });
};

/** Names that are remembered. Clients and their operations have fewer. */
const maxNames = 1_000;

/**
 * For the lines of requests, of which there are many: of all that is in them, only these texts are somebody else's, and most
 * have been seen before.
 */
export const createRequestLogger = ({ level, redact, stream }: LoggerOptions): Logger => {
  const redacted = new LRUCache<string, string>({ max: maxNames, memoMethod: redact });
  const toShown = (name: string): string => redacted.memo(name);
  const serializers = { operation: toShown, clientName: toShown, clientVersion: toShown, traceId: redact };
  return pino({ level, serializers }, stream);
};

/** Bytes that are written at once, and how long fewer may wait, in ms: a write for each line costs more than the line. */
const writeBytes = 15_000;
const flushEveryMs = 100;

let standardOutput: LoggerOptions['stream'] | undefined;

/** Standard output, to which lines are written together. What is left is written when the process exits. */
export const openStandardOutput = (): LoggerOptions['stream'] => {
  if (standardOutput) return standardOutput;
  const stream = pino.destination({
    dest: 1,
    sync: true,
    minLength: writeBytes,
    periodicFlush: flushEveryMs,
  });
  process.on('exit', () => stream.flushSync());
  standardOutput = stream;
  return stream;
};

/** As headers and parameters are called, in whose values a secret may have a spelling of its own. */
const isSecretName = (name: string): boolean =>
  /authorization$|^(signature|(aws)?accesskeyid|(x-)?security-?token)$/i.test(name);

/**
 * Makes lines of the log of what Node and libraries would print: warnings, the console, and the error that ends the process.
 */
export const logInsteadOfPrinting = (logger: FastifyBaseLogger): void => {
  const levels = {
    debug: 'debug',
    error: 'error',
    info: 'info',
    log: 'info',
    trace: 'debug',
    warn: 'warn',
  } as const;
  for (const [name, level] of Object.entries(levels)) {
    console[name as keyof typeof levels] = (...texts: unknown[]) => logger[level](format(...texts));
  }
  // Node's own listener prints.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn({ err: warning }, 'Warning'));
  // Rejections that nobody handles come here, too.
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'Unhandled error: the process ends');
    process.exit(1);
  });
};
