import { type DocumentNode, type GraphQLError, type GraphQLSchema, specifiedRules, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { parseWithin } from './admission.ts';
import { badUserInput } from './errors.ts';
import { type Limits, maxValidationErrors } from './limits.ts';

/** A document that was parsed and validated once, for all subscriptions that send it. */
export interface SubscriptionDocument {
  readonly document: DocumentNode;
  /** Why it cannot be executed; empty if it can. */
  readonly invalid: readonly GraphQLError[];
}

/** The documents of subscriptions: shared, and bounded in number as long as subscriptions use them. */
export interface SubscriptionDocuments {
  /** @throws GraphQLError if it cannot be parsed, or exceeds a limit */
  read(source: string): SubscriptionDocument;
  /**
   * Counts a subscription as open until the returned function is called.
   * @param characters of the request, which is kept as long
   * @throws GraphQLError BAD_USER_INPUT when there are too many
   */
  hold(document: DocumentNode, characters: number): () => void;
}

/** Of this process, over all connections. */
const maxSubscriptions = 10_000;

/** Different documents in use. The clients of a dashboard share a few; a document takes up to 250 kB. */
const maxDocuments = 200;

/** Of all requests whose subscriptions are open. */
const maxCharacters = 50_000_000;

/** @param most differs in tests */
export const createSubscriptionDocuments = (
  schema: GraphQLSchema,
  limits: Limits,
  most = { subscriptions: maxSubscriptions, documents: maxDocuments, characters: maxCharacters },
): SubscriptionDocuments => {
  const known = new LRUCache<string, SubscriptionDocument>({ max: most.documents });
  const users = new Map<DocumentNode, number>();
  let subscriptions = 0;
  let held = 0;
  return {
    read: (source) => {
      const found = known.get(source);
      if (found) return found;
      const document = parseWithin(source, limits, 'subscriptionTokens');
      const read = {
        document,
        invalid: validate(schema, document, specifiedRules, { maxErrors: maxValidationErrors }),
      };
      // What is refused is not worth its room.
      if (read.invalid.length === 0) known.set(source, read);
      return read;
    },
    hold: (document, characters) => {
      if (subscriptions >= most.subscriptions)
        throw badUserInput(tooMany(`${most.subscriptions} subscriptions`));
      const count = users.get(document) ?? 0;
      if (count === 0 && users.size >= most.documents) {
        throw badUserInput(tooMany(`${most.documents} different documents of subscriptions`));
      }
      if (held + characters > most.characters) {
        throw badUserInput(tooMany(`${most.characters} characters of subscriptions' requests`));
      }
      users.set(document, count + 1);
      subscriptions += 1;
      held += characters;
      return () => {
        subscriptions -= 1;
        held -= characters;
        const left = (users.get(document) ?? 0) - 1;
        if (left > 0) users.set(document, left);
        else users.delete(document);
      };
    },
  };
};

const tooMany = (what: string): string => `This server holds at most ${what} at once: poll instead.`;

/** The same iterator, which calls back once when it ends, whoever ends it. */
export const onEnd = <Item>(
  items: AsyncIterableIterator<Item, undefined>,
  callback: () => void,
): AsyncIterableIterator<Item, undefined> => {
  let hasEnded = false;
  const end = (): void => {
    if (!hasEnded) callback();
    hasEnded = true;
  };
  const wrapped: AsyncIterableIterator<Item, undefined> = {
    [Symbol.asyncIterator]: () => wrapped,
    next: async () => {
      const result = await items.next();
      if (result.done) end();
      return result;
    },
    return: async () => {
      end();
      return (await items.return?.()) ?? { done: true, value: undefined };
    },
  };
  return wrapped;
};
