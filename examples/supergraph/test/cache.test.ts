import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GatewayName } from '../start-gateway.ts';
import type { Booking } from '../subgraphs/bookings.ts';
import { openSupergraph, type Supergraph } from './supergraph.ts';

/** The task subgraph's `Cache-Control`, as gateways apply it: they keep an answer as long as this subgraph would. */

let supergraph: Supergraph;

/** Its task is kept for minutes, however long a request takes here. */
const ended: Booking = {
  id: 'ended',
  title: 'Ended',
  cast: { appId: 'demo-app', roomId: 'demo-room', taskId: 'running' },
  transcodes: [{ transcodeTaskId: 'all-succeeded' }],
  tasks: [],
  renditions: [],
  imports: [],
};

beforeAll(async () => {
  supergraph = await openSupergraph({
    gateways: ['apollo', 'hive', 'hive-router'],
    variables: { HTTP_CACHE: 'true' },
    bookings: [ended],
  });
});

afterAll(() => supergraph?.close());

const policyOf = async (query: string) =>
  (await supergraph.ask('apollo', { query })).headers.get('cache-control');

const maxAgeOf = (policy: string | null) => Number(/max-age=(\d+)/.exec(policy ?? '')?.[1]);

describe("Apollo Gateway's own Cache-Control", () => {
  it('is that of the task subgraph: minutes for a task that has ended, seconds for one that runs', async () => {
    const ended = await policyOf('{ mediaTask(id: "zego:huawei:succeeded") { status } }');
    expect(ended).toMatch(/public/);
    expect(maxAgeOf(ended)).toBeGreaterThan(60);
    const both =
      '{ mediaTasks(ids: ["zego:huawei:succeeded", "volcengine-webcast:demo-app:demo-room:running"]) { status } }';
    expect(maxAgeOf(await policyOf(both))).toBeLessThanOrEqual(2);
  });

  it('is private when URLs are selected, and no-store when there is a problem', async () => {
    const withAddress = '{ mediaTask(id: "aliyun-vod:all-succeeded") { outputs { url } } }';
    expect(await policyOf(withAddress)).toMatch(/private/);
    const unknown = '{ mediaTask(id: "zego:huawei:no-such-task") { problem { code } } }';
    expect(await policyOf(unknown)).toBe('no-store');
  });
});

describe.each<GatewayName>(['hive', 'hive-router'])("%s's cache of subgraph requests", (gateway) => {
  const requestsOf = async (query: string) => (await supergraph.ask(gateway, { query })).requests;

  it('keeps an answer', async () => {
    const query = '{ mediaTask(id: "aliyun-vod:all-succeeded") { status } }';
    expect(await requestsOf(query)).toEqual({ tasks: 1 });
    expect(await requestsOf(query)).toEqual({});
  });

  it('keeps the tasks that a sibling refers to', async () => {
    const query = '{ booking(id: "ended") { transcodes { status } } }';
    await requestsOf(query);
    expect(await requestsOf(query)).toEqual({ bookings: 1 });
  });

  it('forgets a running task after two seconds', async () => {
    const query = '{ mediaTask(id: "volcengine-webcast:demo-app:demo-room:running") { kind status } }';
    await requestsOf(query);
    await sleep(2_100);
    expect(await requestsOf(query)).toEqual({ tasks: 1 });
  });

  it('keeps no URL that may be presigned, and no problem', async () => {
    for (const query of [
      '{ mediaTask(id: "aliyun-vod:all-succeeded") { outputs { url } } }',
      '{ mediaTask(id: "aliyun-vod:no-such-task") { problem { code } } }',
    ]) {
      await requestsOf(query);
      expect(await requestsOf(query)).toEqual({ tasks: 1 });
    }
  });
});
