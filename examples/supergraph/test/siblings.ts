import type { Resolvers } from '../subgraphs/serve.ts';

/** More teams that build on tasks, for the tests of chains: from a booking through its task to other teams' fields. */

export interface Sibling {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: Resolvers;
}

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@external", "@requires"])';

/** Adds a field to every task, by @interfaceObject. */
const toInterfaceObject = (name: string, field: string, type: string): Sibling => ({
  name,
  sdl: `
    ${link}
    type Query { ${name}: Int }
    type MediaTask @key(fields: "id") @interfaceObject { id: ID! ${field}: ${type} }
  `,
  resolvers: {
    MediaTask: { __resolveReference: ({ id }: { id: string }) => ({ id, [field]: `${field} of ${id}` }) },
  },
});

interface Page {
  readonly sourceUrl?: string | null;
}

/** Computes a field of web casts from one of ours, with @requires, and finds a cast by the given key. */
const toRequiring = (name: string, field: string, key: string): Sibling => ({
  name,
  sdl: `
    ${link}
    type Query { ${name}: Int }
    type WebCastTask @key(fields: "${key}") {
      ${key.replaceAll(/\w+/g, '$&: ID!')}
      sourceUrl: String @external
      ${field}: String @requires(fields: "sourceUrl")
    }
  `,
  resolvers: {
    WebCastTask: {
      __resolveReference: (reference: object) => reference,
      [field]: ({ sourceUrl }: Page) => (sourceUrl ? new URL(sourceUrl).host : null),
    },
  },
});

export const chainSiblings: readonly Sibling[] = [
  toInterfaceObject('owners', 'owner', 'String'),
  toInterfaceObject('prices', 'price', 'String!'),
  toRequiring('pages', 'pageHost', 'id'),
  toRequiring('hosts', 'pageHostByKey', 'appId roomId taskId'),
];
