import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { openTestServer, type TestServer } from './test-server.ts';

/** The audits of the GraphQL-over-HTTP specification. */

let server: TestServer | undefined;

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(() => server?.close());

const audits = serverAudits({ url: () => `${server?.url}/graphql`, fetchFn: fetch });

it('has 61 audits', () => {
  expect(audits).toHaveLength(61);
});

describe('the audit', () => {
  it.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))(
    '%s, %s, finds no fault',
    async (_id, _name, fn) => {
      const result = await fn();
      expect([result.status, 'reason' in result ? result.reason : undefined]).toEqual(['ok', undefined]);
    },
  );
});
