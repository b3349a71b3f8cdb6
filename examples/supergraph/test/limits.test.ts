import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type GatewayName, gatewayNames } from '../start-gateway.ts';
import { openSupergraph, type Supergraph } from './supergraph.ts';

/** A sibling with more references than MAX_REPRESENTATIONS, which every gateway sends in one request. */

const notes = new Map(
  Array.from({ length: 1_001 }, (_, place) => [`visionular:load-${place}`, 'One of many.']),
);
let supergraph: Supergraph;

beforeAll(async () => {
  supergraph = await openSupergraph({ gateways: gatewayNames, notes });
});

afterAll(() => supergraph?.close());

const askForAll = (gateway: GatewayName) =>
  supergraph.ask<{ notedTasks: readonly object[] } | null>(gateway, {
    query: '{ notedTasks { note status } }',
  });

it.each<GatewayName>(['apollo', 'hive-router'])(
  'through %s, the refusal is forwarded, and the data of the sibling survives',
  async (gateway) => {
    const { data, errors } = await askForAll(gateway);
    expect(errors?.map(({ message }) => message)).toEqual([
      'representations holds 1001: send at most 1000 at once.',
    ]);
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(data?.notedTasks).toEqual([...notes].map(([, note]) => ({ note, status: null })));
  },
);

it('has a limitation through hive: the refusal is hidden, and blanks the list', async () => {
  const { data, errors } = await askForAll('hive');
  expect(data).toBeNull();
  expect(errors?.map(({ message }) => message)).toEqual(['Unexpected error.']);
});

it('makes no vendor call', async () => {
  expect((await supergraph.control.calls()).visionular).toBe(0);
});
