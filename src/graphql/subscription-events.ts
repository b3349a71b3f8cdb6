import type { GraphQLError } from 'graphql';
import type { Clock } from '../domain/clock.ts';
import type { Emit } from '../domain/events.ts';
import { type Client, reportLimit, toRequestOutcome } from './request-record.ts';

/** A subscription that a client asks for. */
export interface Asked {
  readonly client: Client;
  readonly operation: string | undefined;
}

/** Emits what happens to subscriptions, the same for every transport. */
export interface SubscriptionEvents {
  /** @param errors why it cannot be executed; empty if it can */
  asked(asked: Asked, errors: readonly GraphQLError[]): void;
  /** The same items, whose first and last moments are told. An item that is an error ends them. */
  follow<Item>(
    asked: Asked,
    tasks: number,
    items: AsyncIterableIterator<Item, undefined>,
  ): AsyncIterableIterator<Item, undefined>;
}

export interface SubscriptionEventsOptions {
  readonly emit: Emit;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly isDraining: () => boolean;
}

export const createSubscriptionEvents = ({
  emit,
  clock,
  isDraining,
}: SubscriptionEventsOptions): SubscriptionEvents => ({
  asked: ({ client, operation }, errors) => {
    emit({
      kind: 'request-finished',
      ...client,
      operation,
      outcome: toRequestOutcome(errors),
      status: client.transport === 'websocket' ? 0 : 200,
      durationMs: 0,
      bytes: 0,
      tasks: {},
      isFastLane: false,
    });
    reportLimit(emit, client.transport, errors);
  },
  follow: ({ client, operation }, tasks, items) => {
    const startedAt = clock.elapsed();
    let results = 0;
    let hasFailed = false;
    let hasEnded = false;
    emit({ kind: 'subscription-opened', transport: client.transport, tasks });

    const end = (why: 'final' | 'client'): void => {
      if (hasEnded) return;
      hasEnded = true;
      emit({
        kind: 'subscription-ended',
        ...client,
        operation,
        why: hasFailed ? 'error' : isDraining() ? 'shutdown' : why,
        tasks,
        results,
        durationMs: clock.elapsed() - startedAt,
      });
    };

    const wrapped: typeof items = {
      [Symbol.asyncIterator]: () => wrapped,
      next: async () => {
        const result = await items.next();
        if (result.done) end('final');
        else {
          results += 1;
          hasFailed ||= result.value instanceof Error;
        }
        return result;
      },
      return: async () => {
        end('client');
        return (await items.return?.()) ?? { done: true, value: undefined };
      },
    };
    return wrapped;
  },
});
