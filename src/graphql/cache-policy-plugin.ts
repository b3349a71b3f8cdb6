import type { ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, visit } from 'graphql';
import type { CachePolicy } from './cache-policy.ts';
import type { Context } from './context.ts';

/** A gateway that invalidates by tag sends this header, with any value, to get the tags of an answer. */
export const cacheTagsHeader = 'media-task-cache-tags';

/**
 * Writes each answer's cache policy into `Cache-Control`, for gateways and their entity caches: `max-age` is how long
 * this process itself considers the answer fresh; `private` where URLs are selected, which may be presigned;
 * `no-store` where the answer holds a problem or an error.
 */
export const cachePolicyPlugin: ApolloServerPlugin<Context> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response, document, contextValue: { cachePolicy } }) => {
      if (response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      const policy = document && !singleResult.errors ? cachePolicy : undefined;
      const hasTags = request.http?.headers.has(cacheTagsHeader) ?? false;
      if (hasTags) singleResult.extensions = { ...singleResult.extensions, ...toTags(cachePolicy) };
      const isConditional = request.http?.method === 'GET' && singleResult.extensions === undefined;
      const headers = toCacheHeaders(policy, document, isConditional);
      for (const [name, value] of Object.entries(headers)) response.http.headers.set(name, value);
    },
  }),
};

/** What tells clients and shared caches how long they may keep an answer. */
export interface CacheHeaders {
  readonly 'cache-control': string;
  /** Weak, because `nextPollAfterMs` counts down in the meantime. */
  readonly etag?: string;
}

/**
 * @param policy absent: the answer must not be stored
 * @param isConditional whether the request can be sent again with the ETag, to ask whether anything has changed
 */
export const toCacheHeaders = (
  policy: CachePolicy | undefined,
  document: DocumentNode | undefined,
  isConditional: boolean,
): CacheHeaders => {
  const maxAgeMs = policy?.maxAgeMs;
  if (!policy || !document || maxAgeMs === undefined) return { 'cache-control': 'no-store' };
  const scope = selectsUrl(document) ? 'private' : 'public';
  return {
    'cache-control': `max-age=${Math.floor(maxAgeMs / 1_000)}, ${scope}`,
    // A stale answer is to be replaced, not kept.
    ...(isConditional && maxAgeMs > 0 ? { etag: `W/"${policy.version}"` } : {}),
  };
};

/** In the form that Apollo Router and Cosmo read: one list for each entity, or one for the whole answer. */
const toTags = ({ taskIds, entityIds }: CachePolicy): Readonly<Record<string, unknown>> =>
  entityIds.length > 0
    ? { apolloEntityCacheTags: Array.from(entityIds, (id) => (id === undefined ? [] : [id])) }
    : { apolloCacheTags: [...taskIds] };

/** Apollo Server parses each document once and keeps it, so each is searched once. */
const knownDocuments = new WeakMap<DocumentNode, boolean>();

/** By field name: every field of the schema that holds a URL ends in "url". */
const selectsUrl = (document: DocumentNode): boolean => {
  const known = knownDocuments.get(document);
  if (known !== undefined) return known;
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      found ||= /url$/i.test(name.value);
    },
  });
  knownDocuments.set(document, found);
  return found;
};
