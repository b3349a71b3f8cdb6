import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../test/support/wait.ts';
import { type GatewayName, gatewayNames } from '../start-gateway.ts';
import type { Case, Outcome } from './cases/case.ts';
import { cases, chainCases } from './cases/index.ts';
import { chainSiblings } from './siblings.ts';
import { openSupergraph, type Supergraph } from './supergraph.ts';

/** The same queries through every gateway that runs here, and the requests that each makes of them. */

let supergraph: Supergraph;

/** The same with more siblings, because some gateways fail with many. */
let chainSupergraph: Supergraph;

beforeAll(async () => {
  supergraph = await openSupergraph({ gateways: gatewayNames });
  chainSupergraph = await openSupergraph({ gateways: gatewayNames, siblings: chainSiblings });
});

afterAll(() => Promise.all([supergraph?.close(), chainSupergraph?.close()]));

/** How long an answer is waited for after the last request that was expected. */
const patienceMs = 1_000;

const askThrough = async (
  { ask, configureVisionular, requests }: Supergraph,
  gateway: GatewayName,
  { query, variables, withoutVisionular, limitations }: Case,
): Promise<Required<Outcome>> => {
  configureVisionular(!withoutVisionular);
  const answered = ask(gateway, { query, variables });
  const limitation = limitations?.[gateway];
  const waitInVain = async (): Promise<undefined> => {
    await waitFor(
      async () => requests(),
      (seen) => isDeepStrictEqual({ ...seen }, limitation?.requests),
    );
    await sleep(patienceMs, undefined, { ref: false });
  };
  const answer = await (limitation?.hangs ? Promise.race([answered, waitInVain()]) : answered);
  const { data, errors = [] } = answer ?? {};
  return {
    data,
    errors: errors.map(({ path, extensions }) => ({ code: extensions?.code, path })),
    requests: requests(),
  };
};

describe.each(gatewayNames)('through %s', (gateway) => {
  const asked = [
    ...cases.map((each) => ({ each, ask: () => askThrough(supergraph, gateway, each) })),
    ...chainCases.map((each) => ({ each, ask: () => askThrough(chainSupergraph, gateway, each) })),
  ];
  for (const { each, ask } of asked) {
    const isRight = { data: each.data, errors: each.errors ?? [], requests: each.requests };
    const limitation = each.limitations?.[gateway];
    if (!limitation) {
      it(`answers ${each.shows}`, async () => {
        expect(await ask()).toEqual(isRight);
      });
      continue;
    }
    const { data, errors = [], requests, because } = limitation;
    it(`has a limitation with ${each.shows}: ${because}`, async () => {
      const outcome = await ask();
      // When this fails, the gateway has improved: remove the limitation here and in docs/federation.md.
      expect(outcome).not.toEqual(isRight);
      expect(outcome).toEqual({ data, errors, requests });
    });
  }
});

it('the task subgraph answers only its routers, so all of the above sent the secret', async () => {
  const reply = await fetch(supergraph.taskSubgraphUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  expect(reply.status).toBe(401);
});
