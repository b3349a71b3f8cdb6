import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gatewayNames } from '../start-gateway.ts';
import type { Case, Outcome } from './cases/case.ts';
import { cases } from './cases/index.ts';
import { openSupergraph, type Supergraph } from './supergraph.ts';

/** The same queries through every gateway that runs here, and the requests that each makes of them. */

let supergraph: Supergraph;

beforeAll(async () => {
  supergraph = await openSupergraph({ gateways: gatewayNames });
}, 60_000);

afterAll(() => supergraph?.close());

describe.each(gatewayNames)('through %s', (gateway) => {
  const ask = async ({ query, variables, withoutVisionular }: Case): Promise<Required<Outcome>> => {
    supergraph.configureVisionular(!withoutVisionular);
    const { data, errors = [], requests } = await supergraph.ask(gateway, { query, variables });
    return {
      data,
      errors: errors.map(({ path, extensions }) => ({ code: extensions?.code, path })),
      requests,
    };
  };

  for (const each of cases) {
    const isRight = { data: each.data, errors: each.errors ?? [], requests: each.requests };
    const limitation = each.limitations?.[gateway];
    if (!limitation) {
      it(`answers ${each.shows}`, async () => {
        expect(await ask(each)).toEqual(isRight);
      });
      continue;
    }
    const { data, errors = [], requests, because } = limitation;
    it(`has a limitation with ${each.shows}: ${because}`, async () => {
      const outcome = await ask(each);
      // Good news rather than a failure: the limitation is gone, and its line in docs/federation.md can go.
      expect(outcome).not.toEqual(isRight);
      expect(outcome).toEqual({ data, errors, requests });
    });
  }
});

it('the task subgraph answers nobody but its routers, so all of the above brought the secret', async () => {
  const reply = await fetch(supergraph.taskSubgraphUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  expect(reply.status).toBe(401);
});
