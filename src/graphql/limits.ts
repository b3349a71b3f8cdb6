/**
 * What one request may hold. The largest query that the schema allows, every field of every type, has 432 tokens,
 * 329 selections and 6 levels; introspection has up to 15.
 */
export interface Limits {
  /**
   * Bytes of a request's body: a document of the largest size, and 400 for each id or reference. The longest that vendors
   * document, a room and a task of 128 characters each in a reference, has 340.
   */
  readonly bodyBytes: number;
  /** Characters of the document. Ids belong into variables, which the body's limit bounds. */
  readonly characters: number;
  /** Nine times the largest query; 200 aliased root fields fit. Bounds the time of parsing and the room of a document. */
  readonly tokens: number;
  /** Tokens of a subscription's document: it is kept as long as the subscription. Twice the largest. */
  readonly subscriptionTokens: number;
  /** Comments cost time, and are not tokens. */
  readonly comments: number;
  /** Levels of fields, fragments expanded. */
  readonly depth: number;
  /** Levels of lists and objects in arguments. A representation has two. */
  readonly valueDepth: number;
  /** Editors send a whole page of operations and name the one to run. */
  readonly operations: number;
  /** Definitions of fragments; a page of components has a few dozens. */
  readonly fragments: number;
  /** Aliases of one document: they multiply answers. As many as tasks may be asked for, and some more. */
  readonly aliases: number;
  /** Root fields of one operation, fragments expanded: one for each task, and some more. */
  readonly rootFields: number;
  /** Directives in one place. No directive is repeatable, and four may stand on a field. */
  readonly directives: number;
  /** Selections of one operation, each fragment counted wherever it is spread. Six times the largest query. */
  readonly selections: number;
  /** Root fields about the schema itself: `_service` and `__schema` answer with all of it. */
  readonly schemaFields: number;
  /** Distinct tasks and jobs that the root fields of one request ask for: MAX_IDS_PER_QUERY. */
  readonly ids: number;
  /** Ids that the subscriptions of one connection follow, duplicates included: ten pages. */
  readonly followedIds: number;
  /** References in all `_entities` of one request: MAX_REPRESENTATIONS. */
  readonly references: number;
  /** Tasks, jobs and references that are asked for, duplicates included: `ids` and `references` together. */
  readonly objects: number;
  /** Objects times selections: as many as `references` with every field of every type, which are 329, and some more. */
  readonly fields: number;
}

/** The limits that operators set. */
export interface LimitSettings {
  readonly maxIdsPerQuery: number;
  readonly maxRepresentations: number;
}

/** The default limits, with those that follow from the settings. */
export const createLimits = ({ maxIdsPerQuery, maxRepresentations }: LimitSettings): Limits => ({
  bodyBytes: 100_000 + 400 * Math.max(maxIdsPerQuery, maxRepresentations),
  characters: 100_000,
  tokens: 4_000,
  subscriptionTokens: 1_000,
  comments: 1_000,
  depth: 20,
  valueDepth: 10,
  operations: 50,
  fragments: 100,
  aliases: maxIdsPerQuery + 50,
  rootFields: maxIdsPerQuery + 50,
  directives: 4,
  selections: 2_000,
  schemaFields: 2,
  ids: maxIdsPerQuery,
  followedIds: Math.max(1_000, 10 * maxIdsPerQuery),
  references: maxRepresentations,
  objects: maxIdsPerQuery + maxRepresentations,
  fields: 400 * Math.max(maxIdsPerQuery, maxRepresentations),
});

/** Errors of one answer; the last one says how many there are. */
export const maxErrors = 100;

/** Validation errors that are reported of one document: reporting a hundred takes longer than validating it. */
export const maxValidationErrors = 20;
