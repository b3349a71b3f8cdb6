import { hostname } from 'node:os';
import { format } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Logger, pino } from 'pino';
import type { RequestFinished } from '../domain/events.ts';
import { parseJson } from '../domain/json.ts';
import { type RequestLog, requestMessage, toRequestFields } from '../observability/log-events.ts';
import { mark, type Redact } from './redact.ts';

/** From this level on, lines are written at once. */
const warnLevel = pino.levels.values.warn ?? 0;

/** Where lines are written. */
export interface LogStream {
  /** @param isUrgent it must not be lost, whatever becomes of the process */
  write(line: string, isUrgent?: boolean): void;
  /** Calls this when the line is written. The order of lines stays. */
  writeLater?(toLine: () => string): void;
}

export interface LoggerOptions {
  readonly level: string;
  readonly redact: Redact;
  readonly stream: LogStream;
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
  const destination = {
    // So that pino says at which level a line is.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string): void => {
      const isHarmless = redact(line) === line && !line.includes('"type":"Buffer"');
      const shown = isHarmless ? line : `${JSON.stringify(toShown(parseJson(line)))}\n`;
      stream.write(shown, destination.lastLevel >= warnLevel);
    },
  };
  return pino({ level }, destination);
};

/** Names that are remembered. Clients and their operations have fewer. */
const maxNames = 1_000;

/**
 * Writes the lines of requests as pino would, but without pino, and makes them when they are written: there is one for each
 * request.
 */
export const createRequestLog = ({
  redact,
  stream,
}: Pick<LoggerOptions, 'redact' | 'stream'>): RequestLog => {
  const redacted = new LRUCache<string, string>({ max: maxNames, memoMethod: redact });
  // Most names have been seen before.
  const toShown = (name: string | undefined): string | undefined => name && redacted.memo(name);
  const start = `{"level":${pino.levels.values.info},"time":`;
  const origin = JSON.stringify({ pid: process.pid, hostname: hostname() }).slice(1, -1);
  const toLine = (event: RequestFinished, time: number): string => {
    const fields = toRequestFields(event, toShown);
    if (fields.traceId) fields.traceId = redact(fields.traceId);
    return `${start}${time},${origin},${JSON.stringify(fields).slice(1, -1)},"msg":"${requestMessage}"}\n`;
  };
  return (event) => {
    const time = Date.now();
    if (stream.writeLater) stream.writeLater(() => toLine(event, time));
    else stream.write(toLine(event, time));
  };
};

/**
 * Lines that may wait, and for how long, in ms. One by one, between answers that leave nothing in the processor's caches, to
 * make and write a line costs several times as much as among others.
 */
const maxWaiting = 100;
const flushEveryMs = 100;

let standardOutput: LogStream | undefined;

/** Standard output, to which lines are written together. What is left is written when the process exits. */
export const openStandardOutput = (): LogStream => {
  if (standardOutput) return standardOutput;
  // It can collect lines itself, but with each of them it measures, and so copies, all that it has collected.
  const stream = pino.destination({ dest: 1, sync: true });
  let waiting: (string | (() => string))[] = [];
  const flush = (): void => {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    stream.write(lines.map((line) => (typeof line === 'string' ? line : line())).join(''));
  };
  const add = (line: string | (() => string)): void => {
    waiting.push(line);
    if (waiting.length >= maxWaiting) flush();
  };
  setInterval(flush, flushEveryMs).unref();
  process.on('exit', flush);
  standardOutput = {
    write: (line, isUrgent) => {
      add(line);
      if (isUrgent) flush();
    },
    writeLater: add,
  };
  return standardOutput;
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
