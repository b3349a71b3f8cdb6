import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  print,
  type StringValueNode,
  type TypeNode,
  visit,
} from 'graphql';

/** Our own rules for the SDL. Each returns its faults, one line for each. */
export type Rule = (sdl: DocumentNode) => string[];

interface Described {
  /** `Type`, `Type.field` or `Type.field(argument:)`. */
  readonly path: string;
  readonly description: string | undefined;
  readonly directives: readonly ConstDirectiveNode[];
}

interface Field extends Described {
  readonly type: TypeNode;
  readonly isOutput: boolean;
}

type TypeDefinition = Extract<DefinitionNode, { name?: unknown }> & {
  readonly directives?: readonly ConstDirectiveNode[];
};

const textOf = (description: StringValueNode | undefined) => description?.value.trim() || undefined;

const typesIn = ({ definitions }: DocumentNode) =>
  definitions.flatMap((definition) =>
    'name' in definition && definition.name && /Type|Scalar|Enum|Union|Interface|Input/.test(definition.kind)
      ? [definition as TypeDefinition & { name: { value: string } }]
      : [],
  );

/** Their names are GraphQL's own, and their fields describe them. */
const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

const namedTypes = (sdl: DocumentNode): Described[] =>
  typesIn(sdl)
    .filter(({ kind, name }) => kind.endsWith('Definition') && !rootTypes.has(name.value))
    .map((definition) => ({
      path: definition.name.value,
      description: 'description' in definition ? textOf(definition.description) : undefined,
      directives: 'directives' in definition ? (definition.directives as ConstDirectiveNode[]) : [],
    }));

const fieldsIn = (sdl: DocumentNode): Field[] =>
  typesIn(sdl).flatMap((definition) =>
    'fields' in definition
      ? (definition.fields ?? []).map((field) => ({
          path: `${definition.name.value}.${field.name.value}`,
          description: textOf(field.description),
          directives: field.directives ?? [],
          type: field.type,
          isOutput: field.kind === Kind.FIELD_DEFINITION,
        }))
      : [],
  );

const argumentsIn = (sdl: DocumentNode): Described[] =>
  typesIn(sdl).flatMap((definition) =>
    'fields' in definition
      ? (definition.fields ?? []).flatMap((field) =>
          ((field as FieldDefinitionNode).arguments ?? []).map((argument) => ({
            path: `${definition.name.value}.${field.name.value}(${argument.name.value}:)`,
            description: textOf(argument.description),
            directives: argument.directives ?? [],
          })),
        )
      : [],
  );

const valuesIn = (sdl: DocumentNode): Described[] =>
  typesIn(sdl).flatMap((definition) =>
    'values' in definition
      ? (definition.values ?? []).map((value) => ({
          path: `${definition.name.value}.${value.name.value}`,
          description: textOf(value.description),
          directives: value.directives ?? [],
        }))
      : [],
  );

const everything = (sdl: DocumentNode): Described[] => [
  ...namedTypes(sdl),
  ...fieldsIn(sdl),
  ...argumentsIn(sdl),
  ...valuesIn(sdl),
];

export const everythingIsDescribed: Rule = (sdl) =>
  everything(sdl)
    .filter(({ description }) => !description)
    .map(({ path }) => `${path} is not described`);

/** A field that can be null, or a list of which an item can be. */
const canBeNull = (type: TypeNode): boolean => {
  if (type.kind !== Kind.NON_NULL_TYPE) return true;
  return type.type.kind === Kind.LIST_TYPE && canBeNull(type.type.type);
};

export const nullIsExplained: Rule = (sdl) =>
  fieldsIn(sdl)
    .filter(
      ({ isOutput, type, description }) =>
        isOutput && canBeNull(type) && !/\bnull\b/i.test(description ?? ''),
    )
    .map(({ path }) => `${path} does not describe when it is null`);

/** The values of these enums are our own. */
const ownWords = new Set(['MediaTaskProvider', 'MediaTaskProblemCode', 'MediaTaskBreakerState']);

/** Enums of a vendor's values in answers; one that is also an argument has only the values that can be asked for. */
const mirrorsIn = (sdl: DocumentNode): string[] => {
  const asked = new Set<string>();
  visit(sdl, {
    InputValueDefinition: ({ type }) => {
      asked.add(namedTypeOf(type));
    },
  });
  return sdl.definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION &&
    !ownWords.has(definition.name.value) &&
    !asked.has(definition.name.value)
      ? [definition.name.value]
      : [],
  );
};

const namedTypeOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);

export const mirrorsHaveUnknown: Rule = (sdl) => {
  const values = new Set(valuesIn(sdl).map(({ path }) => path));
  return mirrorsIn(sdl)
    .filter((name) => !values.has(`${name}.UNKNOWN`))
    .map((name) => `${name} has no UNKNOWN`);
};

export const neverNullIsInTheType: Rule = (sdl) =>
  fieldsIn(sdl)
    .filter(
      ({ isOutput, type, description }) =>
        isOutput && canBeNull(type) && /\bnull never\b|\bnever null\b/i.test(description ?? ''),
    )
    .map(({ path }) => `${path} can be null, though its description denies it`);

/** The fields of each `@key`, as far as they are fields of the type itself. */
export const keyFieldsAreNeverNull: Rule = (sdl) => {
  const fields = new Map(fieldsIn(sdl).map((field) => [field.path, field]));
  return typesIn(sdl).flatMap((definition) => {
    const keys = (definition.directives ?? []).filter(({ name }) => name.value === 'key');
    const names = keys.flatMap(({ arguments: [argument] = [] }) =>
      argument?.value.kind === Kind.STRING ? argument.value.value.split(/\s+/) : [],
    );
    return [...new Set(names)]
      .map((name) => fields.get(`${definition.name.value}.${name}`))
      .filter((field) => field !== undefined && canBeNull(field.type))
      .map((field) => `${field?.path} is a key field, and can be null`);
  });
};

export const noEnvironmentNames: Rule = (sdl) => {
  const values = new Set(valuesIn(sdl).map(({ path }) => path.replace(/^.*\./, '')));
  // Codes of GraphQL errors look the same.
  const isKnown = (word: string) => values.has(word) || word === 'BAD_USER_INPUT';
  return everything(sdl).flatMap(({ path, description }) =>
    [...(description ?? '').matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)]
      .filter(([word]) => !isKnown(word))
      .map(([word]) => `${path} names ${word}, which no client knows`),
  );
};

export const deprecationsNameAReplacement: Rule = (sdl) => {
  const names = new Set(everything(sdl).map(({ path }) => path.replace(/^.*\./, '')));
  return everything(sdl).flatMap(({ path, directives }) => {
    const deprecated = directives.find(({ name }) => name.value === 'deprecated');
    if (!deprecated) return [];
    const reason = deprecated.arguments?.find(({ name }) => name.value === 'reason');
    const named = [...(reason ? print(reason.value) : '').matchAll(/`([\w.]+)`/g)].map(([, name = '']) =>
      name.replace(/^.*\./, ''),
    );
    return named.some((name) => names.has(name)) ? [] : [`${path} is deprecated without a replacement`];
  });
};

export const noJsonScalar: Rule = (sdl) =>
  sdl.definitions.flatMap((definition) =>
    definition.kind === Kind.SCALAR_TYPE_DEFINITION && /json|any|object|map/i.test(definition.name.value)
      ? [`scalar ${definition.name.value} has no @specifiedBy and no description of its values`]
      : [],
  );

/** `AliyunTranscodeTask` → `Aliyun`: the types of a provider begin as its task does. */
const prefixesIn = (sdl: DocumentNode): string[] =>
  sdl.definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    definition.interfaces?.some(({ name }) => name.value === 'MediaTask')
      ? [definition.name.value.replace(/(Transcode|Media)?Task$/, '')]
      : [],
  );
const namedByTheContract = new Set(['TranscodeJobInfo', 'VideoSolution', 'DateTime']);

export const namesCarryAPrefix: Rule = (sdl) => {
  const prefixes = ['MediaTask', ...prefixesIn(sdl)];
  return namedTypes(sdl)
    .filter(
      ({ path }) => !prefixes.some((prefix) => path.startsWith(prefix)) && !namedByTheContract.has(path),
    )
    .map(({ path }) => `${path} has no prefix, so its name can clash in a supergraph`);
};

const unwelcome = new Set(['authenticated', 'requiresScopes', 'policy', 'cacheTag', 'oneOf']);

export const noUnwelcomeDirectives: Rule = (sdl) => {
  const found: string[] = [];
  visit(sdl, {
    Directive: ({ name }) => {
      if (unwelcome.has(name.value)) found.push(`@${name.value} stops some gateways`);
    },
    StringValue: ({ value }) => {
      if (value.startsWith('@') && unwelcome.has(value.slice(1))) found.push(`${value} stops some gateways`);
    },
  });
  return found;
};

export const sizesAreNoInt: Rule = (sdl) =>
  fieldsIn(sdl)
    .filter(({ path, type }) => /\.(\w*size|\w*bytes)$/i.test(path) && /^Int\b/.test(print(type)))
    .map(({ path }) => `${path} can outgrow Int`);

export const rules: Readonly<Record<string, Rule>> = {
  'every type, field, argument and enum value is described': everythingIsDescribed,
  'every nullable field describes when it is null': nullIsExplained,
  'a field that is never null has a non-null type': neverNullIsInTheType,
  'every field of a key is never null': keyFieldsAreNeverNull,
  "every enum that mirrors a vendor's words has UNKNOWN": mirrorsHaveUnknown,
  'no description names an environment variable': noEnvironmentNames,
  'every deprecation names a replacement that exists': deprecationsNameAReplacement,
  'there is no scalar that could be anything': noJsonScalar,
  "every type name is the contract's own or carries a prefix": namesCarryAPrefix,
  'there is no directive that stops some gateways': noUnwelcomeDirectives,
  'no size in bytes is an Int': sizesAreNoInt,
};
