import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { countOutcome, type OutcomeCounts } from '../domain/events.ts';
import { maxAnswerBytes } from '../graphql/answer-size.ts';
import { type CachePolicy, createCachePolicy } from '../graphql/cache-policy.ts';
import { type CacheHeaders, cacheTagsHeader, toCacheHeaders } from '../graphql/cache-policy-plugin.ts';
import type { Context, Sources } from '../graphql/context.ts';
import type { Limits } from '../graphql/limits.ts';
import type { RequestRecord } from '../graphql/request-record.ts';
import { refuseCounts } from '../graphql/request-size.ts';
import { type ResolverOptions, toKeyNames } from '../graphql/resolvers.ts';
import type { Caller } from '../lookup/lookup.ts';
import { createKnownRequests, type SentRequest } from './known-requests.ts';
import { createOperations, type RequestFields } from './operations.ts';
import type { Found, Plan } from './plan.ts';
import { createRenderings, type Rendering, writeList } from './renderings.ts';
import { createRootFields } from './root-fields.ts';
import type { Values } from './variables.ts';

/** A request of which the JSON has been read. */
export type LaneRequest = SentRequest & RequestFields;

/** Who asks, and where what is answered is noted. */
export interface Asker {
  createCaller(): Caller;
  readonly record: RequestRecord | null;
}

/** An answer that is known. */
export interface LaneAnswer {
  readonly contentType: string;
  readonly cacheHeaders: CacheHeaders;
  /** More than the body has. */
  readonly mostBytes: number;
  /** @returns its length */
  writeBody(memory: Buffer): number;
}

/**
 * Answers again what Apollo Server has answered before, from the JSON of each task, as long as that is known and fresh:
 * the same bytes in a fraction of the time.
 */
export interface FastLane {
  /** The answer to a request that was answered before, character by character the same, without reading it. */
  repeat(request: SentRequest, asker: Asker): LaneAnswer | undefined;
  /** Undefined, at the first doubt: Apollo Server is to answer, as if nothing had happened. */
  answer(request: LaneRequest, asker: Asker): LaneAnswer | undefined;
  /** Learns operations that Apollo Server has executed without an error. */
  readonly plugin: ApolloServerPlugin<Context>;
  /** Learns which content type answers an `Accept` header. */
  learnContentType(accept: unknown, contentType: unknown): void;
}

export interface FastLaneOptions {
  readonly schema: GraphQLSchema;
  readonly providers: ResolverOptions['providers'];
  readonly sources: Pick<Sources, 'lookup' | 'jobs' | 'clock'>;
  readonly limits: Limits;
  /** Bytes of JSON that are kept. */
  readonly maxBytes: number;
  /** How Apollo Server writes out an answer. */
  readonly stringify: (answer: object) => string;
}

/** What is known of an answer, as long as all that was found is the newest. */
interface KnownAnswer {
  readonly contentType: string;
  readonly plan: Plan;
  /** What each field of the plan asks for. */
  readonly found: readonly (readonly Found[])[];
  readonly rendered: readonly (readonly Rendering[])[];
  readonly outcomes: OutcomeCounts;
  readonly cachePolicy: CachePolicy;
  /** Of the first that is not fresh any more, by `Clock.elapsed`. */
  readonly freshUntil: number;
  readonly mostBytes: number;
}

/** Different `Accept` headers. Clients have one each. */
const maxAccepts = 100;

/** The part of the bytes that is for requests, not for JSON of tasks. */
const partForRequests = 1 / 4;

export const createFastLane = (options: FastLaneOptions): FastLane => {
  const { schema, providers, sources, limits, maxBytes, stringify } = options;
  const { clock } = sources;
  const keyNames = toKeyNames(providers);
  const planOptions = { schema, keyNames, rootFields: createRootFields(providers, sources) };
  const renderings = createRenderings(schema, [...keyNames.keys()], maxBytes * (1 - partForRequests));
  const [head = '', tail = ''] = stringify({ data: { x: 0 } }).split('"x":0');
  const contentTypes = new LRUCache<string, string>({ max: maxAccepts });
  const operations = createOperations(planOptions);
  const knownRequests = createKnownRequests<KnownAnswer>(maxBytes * partForRequests);

  /** What each field of the plan asks for, if all of it is known, and not too much. */
  const findAll = ({ document, fields }: Plan, variables: Values): Found[][] | undefined => {
    const keys: (readonly unknown[])[] = [];
    const counts = { ids: 0, references: 0, objects: 0 };
    for (const { root, keysOf } of fields) {
      const ofField = keysOf(variables);
      if (!ofField) return undefined;
      keys.push(ofField);
      counts.objects += ofField.length;
      counts[root.isReferences ? 'references' : 'ids'] += ofField.length;
    }
    if (refuseCounts(counts, document, limits)) return undefined;
    const all: Found[][] = [];
    for (const [index, { find }] of fields.entries()) {
      const found: Found[] = [];
      for (const key of keys[index] ?? []) {
        const one = find(key);
        if (!one) return undefined;
        found.push(one);
      }
      all.push(found);
    }
    return all;
  };

  const findAnswer = (request: LaneRequest): KnownAnswer | undefined => {
    const contentType = contentTypes.get(toAccept(request.headers.accept));
    const planned = contentType === undefined ? undefined : operations.find(request);
    const found = planned && findAll(planned.plan, planned.variables);
    if (contentType === undefined || !found) return undefined;
    const { plan } = planned;
    const outcomes: OutcomeCounts = {};
    const cachePolicy = createCachePolicy(clock);
    let freshUntil = Number.POSITIVE_INFINITY;
    for (const one of found.flat()) {
      countOutcome(outcomes, one.outcome);
      cachePolicy.add(one.shown, one.outcome, one.freshUntil);
      freshUntil = Math.min(freshUntil, one.freshUntil);
    }
    if (freshUntil <= clock.elapsed()) return undefined;
    let mostBytes = head.length + tail.length;
    const rendered: (readonly Rendering[])[] = [];
    for (const [index, { selection, label }] of plan.fields.entries()) {
      const ofField = renderings.of(selection, found[index] ?? []);
      if (!ofField) return undefined;
      rendered.push(ofField);
      mostBytes += label.length + 3;
      for (const { bytes } of ofField) mostBytes += bytes + 1;
    }
    if (mostBytes > maxAnswerBytes) return undefined;
    return { contentType, plan, found, rendered, outcomes, cachePolicy, freshUntil, mostBytes };
  };

  /** Answers, which counts as asking for each task. */
  const give = (answer: KnownAnswer, { method }: SentRequest, now: number, asker: Asker): LaneAnswer => {
    const { contentType, plan, found, rendered, outcomes, cachePolicy, mostBytes } = answer;
    const { document, fields, operationName } = plan;
    const caller = asker.createCaller();
    for (const ofField of found) {
      for (const one of ofField) one.take(caller, now);
    }
    const { record } = asker;
    if (record) {
      record.tasks = outcomes;
      record.operation = operationName;
      record.outcome = 'ok';
      record.isFastLane = true;
    }
    return {
      contentType,
      cacheHeaders: toCacheHeaders(cachePolicy, document, method === 'GET'),
      mostBytes,
      writeBody: (memory) => {
        let at = memory.write(head, 0, 'latin1');
        for (const [index, { label, root }] of fields.entries()) {
          at += memory.write(`${index > 0 ? ',' : ''}${label}${root.isList ? '[' : ''}`, at, 'latin1');
          at = writeList(found[index] ?? [], rendered[index] ?? [], memory, at);
          if (root.isList) at += memory.write(']', at, 'latin1');
        }
        return at + memory.write(tail, at, 'latin1');
      },
    };
  };

  return {
    learnContentType: (accept, contentType) => {
      if (typeof contentType === 'string') contentTypes.set(toAccept(accept), contentType);
    },
    plugin: {
      requestDidStart: async () => ({
        willSendResponse: async ({ request, source, document, operation, queryHash, response }) => {
          const { body } = response;
          if (body.kind !== 'single' || body.singleResult.errors || !source || !document) return;
          if (operation?.operation !== 'query') return;
          operations.learn(source, request.operationName ?? undefined, { document, operation });
          if (request.extensions?.persistedQuery && queryHash) operations.learnHash(queryHash, source);
        },
      }),
    },
    repeat: (request, asker) => {
      const answer = isUnusual(request) ? undefined : knownRequests.find(request);
      if (!answer) return undefined;
      const now = clock.elapsed();
      if (answer.freshUntil <= now || !answer.found.every(areNewest)) return undefined;
      return give(answer, request, now, asker);
    },
    answer: (request, asker) => {
      const answer = isUnusual(request) ? undefined : findAnswer(request);
      if (!answer) return undefined;
      knownRequests.keep(request, answer);
      return give(answer, request, clock.elapsed(), asker);
    },
  };
};

/** Headers that change an answer in ways that only Apollo Server knows. */
const isUnusual = ({ headers }: SentRequest): boolean =>
  headers['apollo-federation-include-trace'] !== undefined || headers[cacheTagsHeader] !== undefined;

const areNewest = (found: readonly Found[]): boolean => found.every(({ isNewest }) => isNewest);

/** A request without the header accepts anything. */
const toAccept = (accept: unknown): string => (accept === undefined ? '' : String(accept));
