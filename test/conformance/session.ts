import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { createEnvironment, type GatheringEnvironment } from '../../src/app/config.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { Call, FetchTask, Key, Tools, VendorRequest } from '../../src/domain/provider.ts';
import type { Snapshot } from '../../src/domain/task.ts';
import { createHttpClient, type HttpClient } from '../../src/vendor-http/client.ts';
import type { Harness } from './harness.ts';
import type { Attempt } from './keys.ts';
import { type LocalVendor, type SeenRequest, startLocalVendor, type VendorReply } from './local-vendor.ts';

/** The time of every call, unless a test sets it. */
export const noon = Date.parse('2026-03-04T12:00:00.000Z');

const drawHex = (bytes: number): string => randomBytes(bytes).toString('hex');

export interface Asking {
  readonly key?: Key;
  readonly signal?: AbortSignal;
}

/** A provider that asks a local vendor over real HTTP, for the tests of one `describe`. */
export interface Session {
  readonly vendor: LocalVendor;
  /** Milliseconds since 1970, by the provider's clock. */
  now: number;
  /** The source of the provider's nonces. */
  randomHex: Tools['randomHex'];
  /** The provider's result for this reply of the vendor. */
  ask(reply: VendorReply, asking?: Asking): Promise<Snapshot | null>;
  /** A call that is allowed until the signal aborts. */
  call(signal?: AbortSignal): Call;
  /** The same, for a reply that must contain a task. */
  askForTask(reply: VendorReply): Promise<Snapshot>;
  /** The error of a call that must fail; anything but a LookupError is rethrown. */
  askForError(reply: VendorReply, asking?: Asking): Promise<LookupError>;
  /**
   * The provider's result for a reply that its call returns at once, without HTTP; a LookupError is a result, anything
   * else is rethrown.
   */
  interpret(reply: VendorReply): Promise<Snapshot | null | LookupError>;
  /** The same, for a reply that must contain a task. */
  interpretTask(reply: VendorReply): Promise<Snapshot>;
  /** The request that the provider passes to its call for a key, without HTTP, or its LookupError. */
  attempt(key: Key): Promise<Attempt>;
  /** The request of a call that has been answered, however the provider read the answer. */
  askAndSee(): Promise<SeenRequest>;
  /** The same, with the given environment and address. */
  askAndSeeWith(variables: Readonly<Record<string, string>>): Promise<SeenRequest>;
  /** The provider with the given environment and address. */
  open(variables: Readonly<Record<string, string>>): {
    environment: GatheringEnvironment;
    fetchTask: FetchTask | undefined;
  };
  /** All the variables that the harness names. */
  variables(): Record<string, string>;
}

export const useSession = (harness: Harness): Session => {
  const { provider, credentials, endpoint, settings = {} } = harness;
  let vendor: LocalVendor;
  let client: HttpClient;
  let fetchTask: FetchTask;

  const tools: Tools = {
    now: () => session.now,
    randomHex: (bytes) => session.randomHex(bytes),
  };

  const seeRequest = async (fetch: FetchTask): Promise<SeenRequest> => {
    vendor.willSay(harness.unknownTask);
    await fetch(harness.key, session.call()).catch((error: unknown) => {
      if (!(error instanceof LookupError)) throw error;
    });
    const request = vendor.requests.at(-1);
    if (!request) throw new Error('The provider did not ask the vendor.');
    return request;
  };

  const session: Session = {
    get vendor() {
      return vendor;
    },
    now: noon,
    randomHex: drawHex,
    ask: async (reply, { key = harness.key, signal } = {}) => {
      vendor.willSay(reply);
      return fetchTask(key, session.call(signal));
    },
    call: (signal = new AbortController().signal) => ({
      get: (request) => client.get({ ...request, signal }),
    }),
    askForTask: async (reply) => {
      const snapshot = await session.ask(reply);
      if (!snapshot) throw new Error('The provider returned null: no such task.');
      return snapshot;
    },
    askForError: async (reply, asking) => {
      let answer: unknown;
      try {
        answer = await session.ask(reply, asking);
      } catch (error) {
        if (error instanceof LookupError) return error;
        throw new Error(`The provider threw something else than a LookupError: ${String(error)}`);
      }
      throw new Error(`The provider answered instead of failing: ${JSON.stringify(answer)}`);
    },
    interpret: ({ status = 200, headers = {}, body }) =>
      fetchTask(harness.key, {
        get: async () => ({ status, header: (name) => headers[name], body }),
      }).catch((error: unknown) => {
        if (error instanceof LookupError) return error;
        throw error;
      }),
    attempt: async (key) => {
      let request: VendorRequest | undefined;
      const get = (sent: VendorRequest) => {
        if (request) throw new Error('The provider asked the vendor twice.');
        request = sent;
        return Promise.reject(new LookupError('UNAVAILABLE', 'Only asked to see how.'));
      };
      const error: unknown = await fetchTask(key, { get }).catch((reason: unknown) => reason);
      if (error instanceof LookupError) return { request, error };
      throw new Error(`The provider threw something else than a LookupError: ${String(error)}`);
    },
    interpretTask: async (reply) => {
      const outcome = await session.interpret(reply);
      if (outcome === null) throw new Error('The provider returned null: no such task.');
      if (outcome instanceof LookupError) throw outcome;
      return outcome;
    },
    askAndSee: () => seeRequest(fetchTask),
    askAndSeeWith: async (variables) => {
      const opened = session.open(variables).fetchTask;
      if (!opened) throw new Error('These variables do not configure the provider.');
      return seeRequest(opened);
    },
    open: (variables) => {
      const environment = createEnvironment(variables);
      return { environment, fetchTask: provider.open(environment, tools) };
    },
    variables: () => ({
      ...credentials,
      ...settings,
      [endpoint.variable]: `${vendor.url}${endpoint.path ?? ''}`,
    }),
  };

  beforeAll(async () => {
    vendor = await startLocalVendor();
    client = createHttpClient();
    const opened = session.open(session.variables());
    if (!opened.fetchTask) throw new Error('The harness does not configure the provider.');
    fetchTask = opened.fetchTask;
  });
  beforeEach(() => {
    session.now = noon;
    session.randomHex = drawHex;
    vendor.requests.length = 0;
  });
  afterAll(async () => {
    client.close();
    await vendor.close();
  });
  return session;
};
