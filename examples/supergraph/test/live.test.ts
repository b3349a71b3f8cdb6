import { afterEach, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-sse';
import type { GatewayName } from '../start-gateway.ts';
import { openSupergraph, type Supergraph } from './supergraph.ts';

/** Live progress through the gateways: `Subscription.mediaTaskUpdates`, joined with the sibling's field. */

interface Update {
  readonly id: string;
  readonly status: string;
  readonly note: string | null;
}

const notes = new Map([
  ['aliyun-vod:partial-success', 'The keynote.'],
  ['visionular:evolving-live', 'The trailer.'],
]);

let supergraph: Supergraph | undefined;

const open = async (gateway: GatewayName, eventsOver: string): Promise<string> => {
  supergraph = await openSupergraph({ gateways: [gateway], notes, variables: { EVENTS_OVER: eventsOver } });
  return supergraph.urls[gateway] ?? '';
};

afterEach(() => supergraph?.close());

/** The updates that come until there are as many as wanted, or until the subscription ends. */
const watch = async (
  url: string,
  ids: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Promise<Update[]> => {
  const client = createClient({ url, retryAttempts: 0 });
  const updates: Update[] = [];
  const events = client.iterate<{ mediaTaskUpdates: Update }>({
    query: 'subscription ($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { id status note } }',
    variables: { ids },
  });
  for await (const { data, errors } of events) {
    expect(errors).toBeUndefined();
    if (data) updates.push(data.mediaTaskUpdates);
    if (updates.length >= most) break;
  }
  client.dispose();
  return updates;
};

const finalTasks = ['aliyun-vod:partial-success', 'visionular:fail'];

describe.each(['ws', 'sse'])('the gateway hears of events over %s', (eventsOver) => {
  it("hive-router passes them on, each with the sibling's field, and ends when all tasks have ended", async () => {
    const updates = await watch(await open('hive-router', eventsOver), finalTasks);
    expect(updates.sort((one, other) => one.id.localeCompare(other.id))).toEqual([
      { id: 'aliyun-vod:partial-success', status: 'PARTIALLY_SUCCEEDED', note: 'The keynote.' },
      { id: 'visionular:fail', status: 'FAILED', note: null },
    ]);
  });

  it("hive passes them on, and does not yet add the sibling's field, as in a query", async () => {
    const updates = await watch(await open('hive', eventsOver), finalTasks);
    expect(updates.sort((one, other) => one.id.localeCompare(other.id))).toEqual([
      { id: 'aliyun-vod:partial-success', status: 'PARTIALLY_SUCCEEDED', note: null },
      { id: 'visionular:fail', status: 'FAILED', note: null },
    ]);
  });
});

it('a change arrives through the gateway while it is watched', async () => {
  const updates = await watch(await open('hive-router', 'ws'), ['visionular:evolving-live'], 2);
  expect(updates).toEqual([
    { id: 'visionular:evolving-live', status: 'QUEUED', note: 'The trailer.' },
    { id: 'visionular:evolving-live', status: 'RUNNING', note: 'The trailer.' },
  ]);
});

it('apollo does not yet pass events on: it refuses subscriptions', async () => {
  await open('apollo', 'ws');
  const answer = await supergraph?.ask('apollo', {
    query: 'subscription { mediaTaskUpdates(ids: ["visionular:fail"]) { id } }',
  });
  const messages = answer?.errors?.map(({ message }) => message);
  expect(messages).toEqual(['Execution of subscriptions not supported by gateway']);
  expect(answer?.requests).toEqual({});
});
