import {
  type ApiReport,
  createSandbox,
  type FaultName,
  type FaultSetting,
  type ProviderName,
  type Sandbox,
  type SandboxOptions,
} from '../../sandbox/index.ts';
import { type Application, type ApplicationOptions, createApplication } from '../../src/app/application.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { createSteppedClock } from './stepped-clock.ts';

/** An error of an answer. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/** An answer over HTTP. */
export interface Answer<Data> {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly data: Data;
  /** Undefined when the member is absent. */
  readonly errors: readonly AnswerError[] | undefined;
  /** The body as it was sent. */
  readonly text: string;
}

/** The statistics of each vendor since the last reset. */
export type Stats = Readonly<Record<ProviderName, ApiReport>>;

/** The sandbox's control port. */
export interface Control {
  stats(): Promise<Stats>;
  /** The number of calls of each vendor. */
  calls(): Promise<Readonly<Record<ProviderName, number>>>;
  /** Resets the statistics. */
  resetStats(): Promise<void>;
  switchFault(provider: ProviderName, setting: FaultSetting | FaultName): Promise<void>;
  /** Switches all faults off. */
  endFaults(): Promise<void>;
}

/** The sandbox and the subgraph, each listening on a free port. */
export interface Stack extends Control {
  readonly sandbox: Sandbox;
  readonly application: Application;
  /** Where the subgraph listens. */
  readonly url: string;
  /** What the subgraph has logged, line by line. */
  readonly logLines: readonly string[];
  /** Posts an operation to the subgraph. */
  ask<Data>(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer<Data>>;
  close(): Promise<void>;
}

export interface StackOptions {
  /** Environment variables besides those that point at the sandbox; an empty one removes one of those. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Of the subgraph and of the vendors; stopped when the stack is closed. By default it is as fast as real time, but stands
   * still while the machine is busy with other things; over Redis, which has its own, it is the system's.
   */
  readonly clock?: Clock & { stop?(): void };
  readonly application?: Omit<ApplicationOptions, 'logStream'>;
  readonly sandbox?: SandboxOptions;
}

/** Opens sandbox and subgraph. Without options it is the same as `npm run demo`, except for the ports. */
export const openStack = async ({ clock: given, ...options }: StackOptions = {}): Promise<Stack> => {
  const clock = given ?? (options.variables?.REDIS_URL ? undefined : createSteppedClock(1));
  const sandbox = await createSandbox({ ...(clock ? { now: clock.now } : {}), ...options.sandbox });
  try {
    const logLines: string[] = [];
    const application = await createApplication(
      {
        ...sandbox.environment(),
        GRAPHIQL: 'false',
        LOG_LEVEL: 'trace',
        FAST_LANE: process.env.FAST_LANE ?? '',
        ...options.variables,
      },
      {
        ...(clock ? { clock } : {}),
        ...options.application,
        logStream: { write: (line) => logLines.push(line) },
      },
    );
    const url = await application.server.listen({ port: 0, host: '127.0.0.1' });
    return {
      sandbox,
      application,
      url,
      logLines,
      ...createControl(sandbox),
      ask: (query, variables, headers) => postOperation(`${url}/graphql`, { query, variables }, headers),
      close: async () => {
        await sandbox.close();
        await application.server.close();
        clock?.stop?.();
      },
    };
  } catch (error) {
    await sandbox.close();
    clock?.stop?.();
    throw error;
  }
};

/** Posts an operation and reads the answer of any HTTP status. */
export const postOperation = async <Data>(
  url: string,
  operation: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Data>> =>
  readAnswer(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(operation),
    }),
  );

/** Reads an answer that must be JSON. */
export const readAnswer = async <Data>(reply: Response): Promise<Answer<Data>> => {
  const text = await reply.text();
  const { data, errors } = JSON.parse(text) as { data: Data; errors?: readonly AnswerError[] };
  return { httpStatus: reply.status, headers: reply.headers, data, errors, text };
};

/** The switches and counters of a sandbox. */
export const createControl = ({ urls }: Sandbox): Control => {
  const send = async (command: string, body?: object): Promise<unknown> => {
    const [method = '', path = ''] = command.split(' ');
    const reply = await fetch(urls.control + path, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!reply.ok) throw new Error(`The control port refuses ${command}: ${await reply.text()}`);
    return reply.json();
  };
  const stats = async () => (await send('GET /stats')) as Stats;
  return {
    stats,
    calls: async () => {
      const counts = Object.entries(await stats()).map(([provider, { calls }]) => [provider, calls]);
      return Object.fromEntries(counts) as Record<ProviderName, number>;
    },
    resetStats: async () => {
      await send('DELETE /stats');
    },
    switchFault: async (provider, setting) => {
      await send(`PUT /faults/${provider}`, typeof setting === 'string' ? { fault: setting } : setting);
    },
    endFaults: async () => {
      await send('DELETE /faults');
    },
  };
};
