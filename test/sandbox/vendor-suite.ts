import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, exampleTasks, type ProviderName, type Sandbox } from '../../sandbox/index.ts';
import { control, type Outgoing, send, sendForJson } from './http.ts';

export type Parameters = Readonly<Record<string, string>>;
export type Json = ReturnType<typeof JSON.parse>;
type Answer = Awaited<ReturnType<typeof sendForJson>>;

/** Changes a request after it was signed. */
export type Change = (request: Outgoing) => Outgoing;

/** One provider: a client written from the vendor's document, sharing no code with the sandbox, and the expected replies. */
export interface VendorHarness {
  readonly provider: ProviderName;
  /** A request signed with the sandbox's own credentials; `parameters` win over the client's own. */
  sign(sandbox: Sandbox, parameters: Parameters, now: number): Outgoing;
  statusOf(body: Json): unknown;
  codeOf(body: Json): unknown;
  /** The status of an evolving task 0, 4, 14 and 24 seconds after the first request. */
  readonly evolving: readonly unknown[];
  /** The answers about unknown ids, by example id. */
  readonly notFound: Readonly<Record<string, object>>;
  /** The documented calls in a second. */
  readonly quota: number;
  /** The vendor's own refusals for faults: HTTP status and code. */
  readonly faults: Readonly<Record<'throttled' | 'error' | 'wrong-credentials', readonly unknown[]>>;
  /** Requests that are refused: parameters changed before or a request changed after signing, HTTP status and code. */
  readonly refusals: readonly (readonly [what: string, Parameters | Change, status: number, code: unknown])[];
  /** How far the client's clock may be off, in ms, and the HTTP status and code when it is further off. */
  readonly clock?: readonly [toleranceMs: number, status: number, code: unknown];
}

export const openedAt = Date.parse('2026-01-02T03:04:05Z');

/** The promises that every provider of the sandbox keeps. */
export function describeVendor(harness: VendorHarness): void {
  const { provider, sign, statusOf, codeOf } = harness;
  const examples = exampleTasks.filter((task) => task.provider === provider);
  const [first] = examples;
  if (!first) throw new Error(`The sandbox has no examples of ${provider}.`);
  const example = first.parameters;

  describe(`the sandbox's ${provider}`, () => {
    let clock: number;
    let sandbox: Sandbox;

    beforeEach(async () => {
      clock = openedAt;
      sandbox = await createSandbox({ now: () => clock });
    });

    afterEach(() => sandbox.close());

    const ask = (parameters: Parameters, at = clock): Promise<Answer> =>
      sendForJson(sign(sandbox, parameters, at));
    const verdictOf = ({ status, body }: Answer) => [status, codeOf(body)];
    const expectTrusted = ({ body }: Answer) => expect(String(statusOf(body))).toBe(first.vendorStatus);

    it.each(examples.filter(({ vendorStatus }) => vendorStatus !== undefined))(
      'describes $id with the status $vendorStatus',
      async ({ parameters, vendorStatus }) =>
        expect(String(statusOf((await ask(parameters)).body))).toBe(vendorStatus),
    );

    it('has tasks that evolve from the first request on', async () => {
      for (const { parameters } of examples.filter(({ id }) => id.endsWith('evolving-1'))) {
        const firstAskedAt = clock;
        const seen: unknown[] = [];
        for (const seconds of [0, 4, 14, 24]) {
          clock = firstAskedAt + seconds * 1_000;
          seen.push(statusOf((await ask(parameters)).body));
        }
        expect(seen).toEqual(harness.evolving);
      }
    });

    it.each(Object.entries(harness.notFound))(
      'answers as the vendor does that there is no %s',
      async (id, answer) => {
        const { parameters } = examples.find((task) => task.id === id) ?? first;
        expect((await ask(parameters)).body).toMatchObject(answer);
        expect((await control(sandbox, 'GET /stats')).body[provider]).toMatchObject({
          answered: 1,
          refused: {},
        });
      },
    );

    it('answers the documented number of calls in a second, and throttles the next', async () => {
      for (let n = 0; n < harness.quota; n += 1) expectTrusted(await ask(example));
      expect(verdictOf(await ask(example))).toEqual(harness.faults.throttled);
    });

    it.each(Object.entries(harness.faults))('refuses in its own form: %s', async (fault, verdict) => {
      await control(sandbox, `PUT /faults/${provider}`, { fault });
      expect(verdictOf(await ask(example))).toEqual(verdict);
    });

    it.each(harness.refusals)('refuses %s', async (_, change, status, code) => {
      const request =
        typeof change === 'function'
          ? change(sign(sandbox, example, clock))
          : sign(sandbox, { ...example, ...change }, clock);
      expect(verdictOf(await sendForJson(request))).toEqual([status, code]);
      const { refused } = (await control(sandbox, 'GET /stats')).body[provider];
      expect(refused).toEqual({ [String(code)]: 1 });
    });

    it('refuses other paths and methods', async () => {
      const request = sign(sandbox, example, clock);
      const { origin, pathname } = new URL(request.url);
      const elsewhere = request.url.replace(`${origin}${pathname}`, `${origin}/elsewhere`);
      expect((await send({ ...request, url: elsewhere })).status).toBe(404);
      expect((await send({ ...request, method: 'POST', body: 'x' })).status).toBe(405);
    });

    if (!harness.clock) return;
    const [toleranceMs, ...verdict] = harness.clock;
    it.each([-1, 1])('refuses a client whose clock is wrong, %i', async (direction) => {
      expectTrusted(await ask(example, clock + direction * toleranceMs));
      expect(verdictOf(await ask(example, clock + direction * (toleranceMs + 1_000)))).toEqual(verdict);
    });
  });
}

/** Edits the address of a signed request. */
export const url =
  (edit: (url: string) => string): Change =>
  (request) => ({ ...request, url: edit(request.url) });

/** Edits a header of a signed request. */
export const header =
  (name: string, edit: (value: string) => string): Change =>
  (request) => ({ ...request, headers: { ...request.headers, [name]: edit(request.headers?.[name] ?? '') } });
