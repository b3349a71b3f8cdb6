import {
  type DefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  specifiedDirectives,
  visit,
} from 'graphql';

/** What an extension can add to a definition. */
const lists = ['interfaces', 'directives', 'fields', 'values', 'types'] as const;

type Mergeable = DefinitionNode & Partial<Record<(typeof lists)[number], readonly unknown[]>>;

/**
 * The same schema with every extension merged into the definition of its type. Some tools fail on an enum whose values
 * are all in extensions. Descriptions and directives are kept,
 * comments are not; `extend schema` stays as it is, because federation reads its links there.
 */
export const mergeSdl = (sdl: string): string => `${print(mergeDefinitions(parse(sdl)))}\n`;

/** The schema that clients use: merged, without federation's directives and links. Every tool reads it. */
export const toApiSdl = (sdl: string): string => {
  const known = new Set(specifiedDirectives.map(({ name }) => name));
  const withoutFederation = visit(mergeDefinitions(parse(sdl)), {
    SchemaExtension: () => null,
    Directive: ({ name }) => (known.has(name.value) ? undefined : null),
  });
  return `${print(withoutFederation)}\n`;
};

const mergeDefinitions = (document: DocumentNode): DocumentNode => {
  const merged = new Map<string, Mergeable>();
  const isExtension = (definition: DefinitionNode) =>
    definition.kind.endsWith('Extension') && definition.kind !== Kind.SCHEMA_EXTENSION;
  const extensions = document.definitions.filter(isExtension);
  for (const definition of document.definitions) {
    if (!extensions.includes(definition)) merged.set(toName(definition), definition);
  }
  for (const extension of extensions) {
    const definition = merged.get(toName(extension));
    // Extensions of types that are defined in other documents stay extensions.
    merged.set(toName(extension), definition ? extend(definition, extension) : extension);
  }
  return { ...document, definitions: [...merged.values()] };
};

const extend = (definition: Mergeable, extension: Mergeable): Mergeable => {
  const additions = lists.flatMap((list) => {
    const added = extension[list] ?? [];
    return added.length === 0 ? [] : [[list, [...(definition[list] ?? []), ...added]]];
  });
  return { ...definition, ...Object.fromEntries(additions) };
};

/** Types and directives have separate names. */
const toName = (definition: DefinitionNode): string => {
  const prefix = definition.kind === Kind.DIRECTIVE_DEFINITION ? '@' : '';
  return 'name' in definition && definition.name ? prefix + definition.name.value : definition.kind;
};
