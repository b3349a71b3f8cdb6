import { expect, it } from '@jest/globals';
import fastify from 'fastify';
import { encodeInTurns } from '../../src/server/encode-answers.ts';

it.each([
  ['of 250,000 characters at once', 'x'.repeat(250_000), 0],
  ['of more in pieces', 'x'.repeat(500_001), 3],
  ['of characters that have two halves without a cut through one', `x${'😀'.repeat(250_000)}`, 2],
])('an answer %s is encoded', async (_, answer, pieces) => {
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses += 1;
  };
  const server = fastify();
  encodeInTurns(server, { pause });
  server.get('/', async () => answer);
  const reply = await fetch(await server.listen({ port: 0, host: '127.0.0.1' }));
  expect(await reply.text()).toBe(answer);
  expect(pauses).toBe(pieces);
  await server.close();
});
