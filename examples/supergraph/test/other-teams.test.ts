import { composeServices } from '@apollo/composition';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildASTSchema, isObjectType, parse } from 'graphql';
import { mergeSdl } from '../../../src/graphql/merge-sdl.ts';
import { readSdl } from '../../../src/graphql/schema.ts';
import { openStack, type Stack } from '../../../test/support/stack.ts';
import { composers } from '../compose.ts';

/** How other teams' subgraphs build on ours. */

const link = (...names: string[]) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names.map((name) => `"${name}"`).join(', ')}])`;

/** Adds a field to every task, whatever its type. */
const notes = `
  ${link('@key', '@interfaceObject')}
  type Query { notedTasks: [MediaTask!]! }
  type MediaTask @interfaceObject @key(fields: "id") { id: ID! note: String }
`;

/** Refers to tasks of one type by the vendor's own key. */
const bookings = `
  ${link('@key')}
  type Query { bookings: [Booking!]! }
  type Booking @key(fields: "id") { id: ID! recording: WebCastTask }
  type WebCastTask @key(fields: "appId roomId taskId", resolvable: false) { appId: ID! roomId: ID! taskId: ID! }
`;

const compose = (subgraphs: Readonly<Record<string, string>>) => {
  const { errors, hints, supergraphSdl } = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({
      name,
      url: `http://${name}.example/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  return {
    errors: errors?.map(({ message }) => message),
    hints: hints?.map((hint) => hint.toString()),
    supergraphSdl,
  };
};

const fieldNames = (supergraphSdl: string | undefined, typename: string): string[] => {
  const type = buildASTSchema(parse(supergraphSdl ?? ''), { assumeValidSDL: true }).getType(typename);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
};

let stack: Stack;
const sources = { file: readSdl(), printed: mergeSdl(readSdl()), served: '' };

beforeAll(async () => {
  stack = await openStack();
  const { data } = await stack.ask<{ _service: { sdl: string } }>('{ _service { sdl } }');
  sources.served = data._service.sdl;
});

afterAll(() => stack.close());

describe.each(['file', 'printed', 'served'] as const)('the SDL as %s', (source) => {
  it('composes alone without an error or a hint', () => {
    const { errors, hints } = compose({ tasks: sources[source] });
    expect([errors, hints]).toEqual([undefined, []]);
  });

  it('composes beside a subgraph that adds a field to every task, and every type of task has it', () => {
    const { errors, hints, supergraphSdl } = compose({ tasks: sources[source], notes });
    expect([errors, hints]).toEqual([undefined, []]);
    for (const typename of ['AliyunTranscodeTask', 'WebCastTask', 'ZegoMediaTask']) {
      expect(fieldNames(supergraphSdl, typename)).toContain('note');
    }
  });

  it('composes beside a subgraph that refers to web casts by their natural key', () => {
    const { errors, hints, supergraphSdl } = compose({ tasks: sources[source], bookings });
    expect([errors, hints]).toEqual([undefined, []]);
    expect(fieldNames(supergraphSdl, 'Booking')).toEqual(['id', 'recording']);
    expect(fieldNames(supergraphSdl, 'WebCastTask')).toContain('sourceUrl');
  });

  it('composes beside both of them at once', () => {
    const { errors, hints } = compose({ tasks: sources[source], notes, bookings });
    expect([errors, hints]).toEqual([undefined, []]);
  });
});

it('a reference by a key that we do not have does not compose, so the check can fail', () => {
  const wrong = bookings.replace('appId roomId taskId', 'appId').replace('roomId: ID! taskId: ID!', '');
  expect(compose({ tasks: sources.file, wrong }).errors).not.toBeUndefined();
});

describe('a subgraph that both adds to every task and refers to a type of task', () => {
  const both = `${notes}${bookings.replace(/extend schema.*|type Query.*/g, '')}
    extend type Query { bookings: [Booking!]! }`;
  const subgraphs = Object.entries({ tasks: sources.file, both }).map(([name, sdl]) => ({
    name,
    url: `http://${name}.example/graphql`,
    sdl,
  }));

  it.each(['apollo', 'cosmo'] as const)(
    'is refused by the composer of %s: federation wants two',
    async (name) => {
      const { errors } = await composers[name](subgraphs);
      expect(errors.join('\n')).toMatch(/interfaceObject/);
    },
  );

  it('is accepted by the composer of hive, which does not yet know the rule', async () => {
    const { errors } = await composers.hive(subgraphs);
    expect(errors).toEqual([]);
  });
});
