import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { maxAnswerBytes } from '../graphql/answer-size.ts';
import { type CacheHeaders, cacheTagsHeader, toCacheHeaders } from '../graphql/cache-policy-plugin.ts';
import type { Context, Sources } from '../graphql/context.ts';
import type { Limits } from '../graphql/limits.ts';
import { refuseCounts } from '../graphql/request-size.ts';
import { type ResolverOptions, toKeyNames } from '../graphql/resolvers.ts';
import { createOperations, type Operations } from './operations.ts';
import type { Found, Plan } from './plan.ts';
import { createRenderings, type Rendering } from './renderings.ts';
import { createRootFields } from './root-fields.ts';
import type { Values } from './variables.ts';

/** A request as its client sent it, whatever the types of its parts. */
export interface LaneRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly operationName: unknown;
  readonly variables: unknown;
  readonly extensions: unknown;
}

/** An answer that is known. */
export interface LaneAnswer {
  readonly headers: CacheHeaders & { readonly 'content-type': string };
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
  /** Undefined, at the first doubt: Apollo Server is to answer, as if nothing had happened. */
  answer(request: LaneRequest, context: Context): LaneAnswer | undefined;
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

/** Different `Accept` headers. Clients have one each. */
const maxAccepts = 100;

/** Headers that change an answer in ways that only Apollo Server knows. */
const unusualHeaders = ['apollo-federation-include-trace', cacheTagsHeader] as const;

export const createFastLane = (options: FastLaneOptions): FastLane => {
  const { schema, providers, sources, limits, maxBytes, stringify } = options;
  const { clock } = sources;
  const keyNames = toKeyNames(providers);
  const planOptions = { schema, keyNames, rootFields: createRootFields(providers, sources) };
  const renderings = createRenderings(schema, [...keyNames.keys()], maxBytes);
  const [head = '', tail = ''] = stringify({ data: { x: 0 } }).split('"x":0');
  const contentTypes = new LRUCache<string, string>({ max: maxAccepts });
  const operations = createOperations(planOptions);

  const planOf = ({ query, operationName, variables, extensions }: LaneRequest) => {
    const source = toSource(query, extensions, operations);
    if (source === undefined || (variables && !isRecord(variables))) return undefined;
    const makePlan = operations.find(source, operationName ?? undefined);
    return makePlan?.((variables as Values | undefined) ?? {});
  };

  /** What each field of the plan asks for, if all of it is known, and not too much. */
  const findAll = ({ document, fields }: Plan, variables: Values, now: number): Found[][] | undefined => {
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
        if (!one || one.freshUntil <= now) return undefined;
        found.push(one);
      }
      all.push(found);
    }
    return all;
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
    answer: (request, context) => {
      const { method, headers } = request;
      const contentType = contentTypes.get(toAccept(headers.accept));
      if (contentType === undefined || unusualHeaders.some((name) => headers[name] !== undefined)) return;
      const planned = planOf(request);
      if (!planned) return;
      const { document, fields } = planned.plan;
      const now = clock.elapsed();
      const found = findAll(planned.plan, planned.variables, now);
      if (!found) return;
      const rendered: (readonly Rendering[])[] = [];
      let bytes = head.length + tail.length;
      for (const [index, { selection, label }] of fields.entries()) {
        bytes += label.length + 3;
        const ofField = renderings.of(selection, found[index] ?? []);
        if (!ofField) return;
        rendered.push(ofField);
        for (const rendering of ofField) bytes += rendering.bytes + 1;
      }
      if (bytes > maxAnswerBytes) return;
      for (const ofField of found) {
        for (const one of ofField) context.take(one, now);
      }
      if (context.record) {
        context.record.operation = planned.plan.operationName;
        context.record.outcome = 'ok';
        context.record.isFastLane = true;
      }
      return {
        headers: {
          'content-type': contentType,
          ...toCacheHeaders(context.cachePolicy, document, method === 'GET'),
        },
        writeBody: (memory) => {
          let at = memory.write(head, 0, 'latin1');
          for (const [index, { label, root }] of fields.entries()) {
            at += memory.write(`${index > 0 ? ',' : ''}${label}${root.isList ? '[' : ''}`, at, 'latin1');
            at = write(found[index] ?? [], rendered[index] ?? [], memory, at);
            if (root.isList) at += memory.write(']', at, 'latin1');
          }
          return at + memory.write(tail, at, 'latin1');
        },
        mostBytes: bytes,
      };
    },
  };
};

const comma = 44;

/** @returns where it ends */
const write = (
  found: readonly Found[],
  rendered: readonly Rendering[],
  memory: Buffer,
  start: number,
): number => {
  let at = start;
  for (let n = 0; n < rendered.length; n += 1) {
    const { parts } = rendered[n] as Rendering;
    if (n > 0) memory[at++] = comma;
    at += memory.write(parts[0] ?? '', at, 'latin1');
    if (parts.length === 1) continue;
    const poll = found[n]?.shown as { readonly nextPollAfterMs: number };
    const inMs = String(poll.nextPollAfterMs);
    for (let part = 1; part < parts.length; part += 1) {
      at += memory.write(inMs, at, 'latin1');
      at += memory.write(parts[part] ?? '', at, 'latin1');
    }
  }
  return at;
};

/** A request without the header accepts anything. */
const toAccept = (accept: unknown): string => (accept === undefined ? '' : String(accept));

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The document that a request sends, or names by its hash. */
const toSource = (query: unknown, extensions: unknown, operations: Operations): string | undefined => {
  if (extensions === undefined || extensions === null) return typeof query === 'string' ? query : undefined;
  if (query !== undefined || !isRecord(extensions) || Object.keys(extensions).length !== 1) return undefined;
  const { persistedQuery } = extensions;
  if (!isRecord(persistedQuery) || persistedQuery.version !== 1) return undefined;
  const { sha256Hash } = persistedQuery;
  return typeof sha256Hash === 'string' ? operations.sourceOf(sha256Hash) : undefined;
};
