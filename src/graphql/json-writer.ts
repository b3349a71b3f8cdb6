import {
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import type { Selection } from './selection.ts';

/** Of an answer, so many are written without a turn for others. */
export const charactersAtOnce = 100_000;

/** A text whose JSON takes so long to make that others have their turn meanwhile: 8 ms for 2 MB. */
export class LongText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Of the text: its JSON has two more, and more where it is escaped. */
  get length(): number {
    return this.#text.length;
  }

  /** Its JSON. */
  *pieces(): Generator<string> {
    for (let start = 0; start < this.#text.length; ) {
      let end = start + charactersAtOnce;
      // The two halves of a character belong to one piece.
      if (isHighSurrogate(this.#text.charCodeAt(end - 1))) end -= 1;
      const json = JSON.stringify(this.#text.slice(start, end));
      yield json.slice(start === 0 ? 0 : 1, end < this.#text.length ? -1 : undefined);
      start = end;
    }
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** Where JSON is written. */
export interface JsonOutput {
  readonly parts: (string | LongText)[];
  /** Characters that may still be written: when there is no room, writers leave out what follows. */
  room: number;
}

/**
 * Writes what is selected of a value as JSON: what `JSON.stringify` makes of the executor's result.
 * @throws Error if only the executor knows what to answer
 */
export type WriteJson = (value: unknown, output: JsonOutput) => void;

/**
 * A writer for one selection on values of a type under which no field has a resolver or arguments. Fragments, @skip and
 * @include are applied once, as the executor does.
 */
export const createJsonWriter = (type: GraphQLOutputType, selection: Selection): WriteJson => {
  const nullable = getNullableType(type);
  if (isLeafType(nullable)) return createLeafWriter(nullable);
  if (isListType(nullable)) return createListWriter(nullable.ofType, selection);
  if (isObjectType(nullable)) return createObjectWriter(nullable, selection);
  return createAbstractWriter(nullable, selection);
};

const createAbstractWriter = (type: GraphQLAbstractType, selection: Selection): WriteJson => {
  const { schema } = selection;
  const writers = new Map<unknown, WriteJson>();
  return (value, output) => {
    const { __typename: typename } = value as { readonly __typename?: unknown };
    let write = writers.get(typename);
    if (!write) {
      const member = typeof typename === 'string' ? schema.getType(typename) : undefined;
      if (!isObjectType(member) || !schema.isSubType(type, member)) throw new Error(`This is not a ${type}.`);
      write = createObjectWriter(member, selection);
      writers.set(typename, write);
    }
    write(value, output);
  };
};

interface WrittenField {
  readonly name: string;
  /** What comes before its value. */
  readonly start: string;
  readonly write: WriteJson;
  readonly isNullable: boolean;
}

interface WrittenObject {
  readonly fields: readonly WrittenField[];
  readonly end: string;
  /** Without the values. */
  readonly characters: number;
}

const toWrittenObject = (type: GraphQLObjectType, selection: Selection): WrittenObject => {
  const { schema, fragments, variableValues, fieldNodes } = selection;
  const fields: WrittenField[] = [];
  let characters = 0;
  let start = '';
  for (const [label, nodes] of collectSubfields(schema, fragments, variableValues, type, fieldNodes)) {
    const name = nodes[0]?.name.value ?? '';
    start += `${characters === 0 && start === '' ? '{' : ','}${JSON.stringify(label)}:`;
    const field = type.getFields()[name];
    if (name === '__typename') start += JSON.stringify(type.name);
    else if (!field) throw new Error(`${type} has no field ${name}.`);
    else {
      const write = createJsonWriter(field.type, { ...selection, fieldNodes: nodes });
      fields.push({ name, start, write, isNullable: !isNonNullType(field.type) });
      characters += start.length;
      start = '';
    }
  }
  const end = characters === 0 && start === '' ? '{}' : `${start}}`;
  return { fields, end, characters: characters + end.length };
};

const createObjectWriter = (type: GraphQLObjectType, selection: Selection): WriteJson => {
  let written: WrittenObject | undefined;
  return (value, output) => {
    if (typeof value !== 'object' || value === null || 'then' in value || value instanceof Error) {
      throw new Error(`This is not a ${type}.`);
    }
    // Most types of a selection are not met in any answer.
    written ??= toWrittenObject(type, selection);
    output.room -= written.characters;
    for (const { name, start, write, isNullable } of written.fields) {
      if (output.room < 0) return;
      output.parts.push(start);
      writeNullable((value as Readonly<Record<string, unknown>>)[name], output, write, isNullable);
    }
    output.parts.push(written.end);
  };
};

/** A writer for values of a type that may be null. */
export const createNullableWriter = (type: GraphQLOutputType, selection: Selection): WriteJson => {
  const write = createJsonWriter(type, selection);
  const isNullable = !isNonNullType(type);
  return (value, output) => writeNullable(value, output, write, isNullable);
};

const createListWriter = (type: GraphQLOutputType, selection: Selection): WriteJson => {
  const write = createNullableWriter(type, selection);
  return (value, output) => {
    if (!Array.isArray(value)) throw new Error('This is not a list.');
    output.room -= value.length + 1;
    output.parts.push('[');
    for (let n = 0; n < value.length && output.room >= 0; n += 1) {
      if (n > 0) output.parts.push(',');
      write(value[n], output);
    }
    output.parts.push(']');
  };
};

const writeNullable = (value: unknown, output: JsonOutput, write: WriteJson, isNullable: boolean): void => {
  if (value !== null && value !== undefined) write(value, output);
  else if (isNullable) output.parts.push('null');
  else throw new Error('This must not be null.');
};

const createLeafWriter = (type: GraphQLLeafType): WriteJson => {
  const known = new Map<unknown, string>(
    isEnumType(type) ? type.getValues().map(({ name, value }) => [value, JSON.stringify(name)]) : [],
  );
  return (value, output) => {
    const part = known.get(value) ?? toJson(type.serialize(value));
    output.room -= part.length;
    output.parts.push(part);
  };
};

const toJson = (value: unknown): string | LongText => {
  if (typeof value === 'string') {
    return value.length > charactersAtOnce ? new LongText(value) : JSON.stringify(value);
  }
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  throw new Error('This is not a leaf.');
};
