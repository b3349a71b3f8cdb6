import { randomUUID } from 'node:crypto';
import type { Answer } from '../../../src/domain/answer.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { AccountEvent, ProcessEvent } from '../../../src/domain/events.ts';
import type { Exchange } from '../../../src/exchange/exchange.ts';
import { connectRedis } from '../../../src/exchange/redis/connection.ts';
import { createRedisExchange } from '../../../src/exchange/redis-exchange.ts';
import { waitFor } from '../../support/wait.ts';
import { createFakeOwner, createFakeVendor, type FakeVendor } from './fake-owner.ts';
import { type Received, toWant } from './replicas.ts';
import { createTrust } from './trust.ts';

/** What is one replica's in production, over a real Redis; several of them share this process. */
export interface Process {
  readonly exchange: Exchange;
  readonly vendor: FakeVendor;
  readonly heard: Received[];
  readonly events: (AccountEvent | ProcessEvent)[];
  close(): Promise<void>;
}

export interface ProcessOptions {
  readonly url: string;
  readonly vendor?: FakeVendor;
  readonly account?: string;
  /** Calls a second. */
  readonly limit?: number;
  /** Makes as many calls as it may, wanted or not. */
  readonly isGreedy?: boolean;
}

export const openProcess = (options: ProcessOptions): Process => {
  const { url, vendor = createFakeVendor(), account = 'vendor-a1', limit = 100, isGreedy = false } = options;
  const quota = { calls: limit, perMs: 1_000 };
  const events: Process['events'] = [];
  const heard: Received[] = [];
  const replicaId = randomUUID();
  const redis = connectRedis({ url, emit: (event) => events.push(event) });
  let isClosed = false;
  const exchange = createRedisExchange({
    redis,
    account,
    fingerprint: 'good',
    replicas: 1,
    quota,
    clock: systemClock,
    replicaId,
    trust: createTrust(),
    emit: (event) => events.push(event),
    createOwner: (links) =>
      createFakeOwner({
        name: replicaId,
        clock: systemClock,
        vendor,
        quota,
        links,
        isGreedy,
        isKilled: () => isClosed,
      }),
  });
  exchange.listen({
    onNewOwner: () => {},
    onAnswer: ({ id }) => heard.push({ kind: 'answer', id, at: 0 }),
    onFailure: ({ id }) => heard.push({ kind: 'failure', id, at: 0 }),
    onRefusal: ({ id }) => heard.push({ kind: 'refusal', id, at: 0 }),
  });
  return {
    exchange,
    vendor,
    heard,
    events,
    close: async () => {
      await exchange.close();
      isClosed = true;
      redis.close();
    },
  };
};

/** Waits until each is the owner of the account, or is served by it. */
export const whenOwned = (...processes: Process[]): Promise<unknown> =>
  waitFor(
    async () => processes.map(({ exchange }) => exchange.state.kind),
    (kinds) => kinds.every((kind) => kind === 'owner' || kind === 'follower'),
  );

export const whenHeard = ({ heard }: Process, id: string): Promise<unknown> =>
  waitFor(
    async () => heard,
    (all) => all.some((each) => each.kind === 'answer' && each.id === id),
  );

/**
 * Reads these until the first is there, all in one round trip. A read that takes long is given up, as one may on a busy
 * machine, and says nothing about any of them.
 */
export const readStored = (
  { exchange }: Process,
  ...ids: string[]
): Promise<readonly (Answer | undefined)[]> =>
  waitFor(
    () => Promise.all(ids.map((id) => exchange.read(toWant(id)))),
    ([first]) => first !== undefined,
  );
