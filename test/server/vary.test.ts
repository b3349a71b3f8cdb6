import { afterEach, expect, it } from '@jest/globals';
import { postOperation } from '../support/stack.ts';
import { openTestServer, type TestServer } from './test-server.ts';

const origin = 'https://dashboard.example.com';
const secret = 'a-secret-of-the-router';

let server: TestServer | undefined;
afterEach(() => server?.close());

it.each([
  ['nothing', {}, null],
  ['the secret, where there are secrets', { routerSecrets: [secret] }, 'router-authorization'],
  ['the origin, where some are allowed', { allowedOrigins: [origin] }, 'origin'],
  ['both', { routerSecrets: [secret], allowedOrigins: [origin] }, 'origin, router-authorization'],
])('a shared cache keeps answers apart by %s', async (_, options, vary) => {
  server = await openTestServer(options);
  const { headers } = await postOperation(
    `${server.url}/graphql`,
    { query: '{ __typename }' },
    { 'router-authorization': secret },
  );
  expect(headers.get('vary')).toBe(vary);
});
