import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Limits } from './limits.ts';
import { measureDocument } from './measure.ts';

/** Admits documents before anything else is done with them, the same for every transport. */
export interface Admission {
  /**
   * Refuses a document that is larger than any client needs. One that cannot be parsed passes: whoever parses it next
   * says why. A refusal costs what lexing and parsing up to the limits cost.
   * @throws GraphQLError BAD_USER_INPUT with the name of the limit
   */
  admit(source: string): void;
}

/** Characters of all documents that are known to be within the limits. */
const knownCharacters = 4_000_000;

export const createAdmission = (limits: Limits): Admission => {
  const known = new LRUCache<string, true>({
    maxSize: knownCharacters,
    sizeCalculation: (_, source) => source.length,
  });
  return {
    admit: (source) => {
      if (source === '' || known.has(source)) return;
      try {
        parseWithin(source, limits, 'tokens');
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        if (error.extensions.limit === undefined) return;
        throw asHttpError(error);
      }
      known.set(source, true);
    },
  };
};

/** The caller's mistake of passing a limit: of a request, or of its answer. */
export const tooLarge = (limit: keyof Limits | 'answerBytes', most: number): GraphQLError =>
  new GraphQLError(`The request exceeds the limit "${limit}", which is ${most}.`, {
    extensions: { code: 'BAD_USER_INPUT', limit },
  });

/** Makes an error the answer to the whole HTTP request. */
export const asHttpError = (error: GraphQLError): GraphQLError => {
  error.extensions.http = { status: 400 };
  return error;
};

/**
 * Parses a document, without locations: they take most of its room.
 * @throws GraphQLError BAD_USER_INPUT with the name of the limit, or a syntax error without a code
 */
export const parseWithin = (
  source: string,
  limits: Limits,
  tokens: 'tokens' | 'subscriptionTokens',
): DocumentNode => {
  if (source.length > limits.characters) throw tooLarge('characters', limits.characters);
  const document = parseOrRefuse(source, limits, tokens);
  let refusal: GraphQLError | undefined;
  measureDocument(document, (measured, value) => {
    if (value > limits[measured]) refusal = tooLarge(measured, limits[measured]);
    return refusal !== undefined;
  });
  if (refusal) throw refusal;
  return document;
};

const parseOrRefuse = (
  source: string,
  limits: Limits,
  tokens: 'tokens' | 'subscriptionTokens',
): DocumentNode => {
  try {
    return parse(source, {
      maxLexicalTokens: limits[tokens],
      maxComments: limits.comments,
      noLocation: true,
    });
  } catch (error) {
    // The parser recurses; with so few tokens it has room enough, unless the stack is nearly used up.
    if (error instanceof RangeError) throw tooLarge('depth', limits.depth);
    const passed =
      error instanceof GraphQLError ? /(tokens|comments)\. Parsing aborted/.exec(error.message) : null;
    if (!passed) throw error;
    const limit = passed[1] === 'comments' ? 'comments' : tokens;
    throw tooLarge(limit, limits[limit]);
  }
};
