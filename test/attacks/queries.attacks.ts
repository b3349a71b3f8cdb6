import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestServer, type TestServer } from '../server/test-server.ts';
import { cpuMsOf } from '../support/cpu.ts';
import { oversizedDocuments, oversizedRequests } from '../support/oversized.ts';
import { postOperation } from '../support/stack.ts';

/** Queries that cost their sender nothing: each is refused for less than 20 ms of CPU, its sending included. */

let server: TestServer;

beforeAll(async () => {
  server = await openTestServer({ maxRepresentations: 1_000 });
});

afterAll(() => server.close());

describe('a refusal', () => {
  it.each([...oversizedDocuments, ...oversizedRequests])(
    'of %s costs less than 20 ms of CPU',
    async (_, { query, variables, limit }) => {
      const ask = async () => {
        const { errors } = await postOperation(`${server.url}/graphql`, { query, variables });
        expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', limit } })]);
      };
      expect(await cpuMsOf(ask)).toBeLessThan(20);
      expect(server.lookups()).toBe(0);
    },
  );
});
