import type { ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, visit } from 'graphql';
import type { CacheTally } from './cache-tally.ts';
import type { Context } from './context.ts';

/** A gateway that invalidates by tag sends this header, with any value, to have the tags of an answer. */
export const tagsWantedHeader = 'media-task-cache-tags';

/**
 * Tells gateways and their entity caches how long an answer may be kept: as long as we keep it ourselves. `private`
 * where addresses are selected, which may be presigned; `no-store` where a problem or an error is in it.
 */
export const createCacheHints = (now: () => number): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response, document, contextValue }) => {
      if (response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      const { cacheTally } = contextValue;
      const keepUntil = document && !singleResult.errors ? cacheTally.keepUntil : undefined;
      const policy = keepUntil === undefined ? 'no-store' : toPolicy(keepUntil - now(), document);
      response.http.headers.set('cache-control', policy);
      if (request.http?.headers.has(tagsWantedHeader)) {
        singleResult.extensions = { ...singleResult.extensions, ...toTags(cacheTally) };
      }
    },
  }),
});

const toPolicy = (ms: number, document: DocumentNode | undefined): string => {
  const scope = document && selectsAddress(document) ? 'private' : 'public';
  return `max-age=${Math.max(0, Math.floor(ms / 1_000))}, ${scope}`;
};

/** In the form that Apollo Router and Cosmo read: by the place of an entity, or for the whole answer. */
const toTags = ({ ids, entityIds }: CacheTally): Readonly<Record<string, unknown>> =>
  entityIds.length > 0
    ? { apolloEntityCacheTags: Array.from(entityIds, (id) => (id === undefined ? [] : [id])) }
    : { apolloCacheTags: [...ids] };

/** Documents are parsed once and kept by the server, so each is looked through once. */
const knownDocuments = new WeakMap<DocumentNode, boolean>();

/** By its name: every field that holds an address ends in "url". */
const selectsAddress = (document: DocumentNode): boolean => {
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
