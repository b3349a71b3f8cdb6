import type { ProviderNames } from './names.ts';

/** `schema/<name>.graphql`. */
export const toSdl = ({ name, typename, rootField, enumValue, title, keys }: ProviderNames): string => `\
extend type Query {
  "A task of ${title}. Null only when an argument is malformed, which is also a BAD_USER_INPUT error."
  ${rootField}(
${keys.map((key) => `    "The vendor's ${key}."\n    ${key}: ID!`).join('\n')}
  ): ${typename}
}

extend enum MediaTaskProvider {
  # TODO: name the call that is asked, and how long the vendor keeps its tasks.
  "${title}."
  ${enumValue}
}

# TODO: describe a task of this vendor, and below the vendor's field that each field comes from.
"A task of ${title}."
type ${typename} implements MediaTask @key(fields: "id") @key(fields: "${keys.join(' ')}") {
  "\`${name}:\` and the percent-encoded ${keys.join(', ')}, joined with colons."
  id: ID!
  "Always ${enumValue}."
  provider: MediaTaskProvider!
  "What the task does. Null while \`problem\` is set."
  kind: MediaTaskKind
  "From the vendor's status. Null while \`problem\` is set."
  status: MediaTaskStatus
  "The vendor's status verbatim. Null while \`problem\` is set, and when missing."
  vendorStatus: String
  "Whether the status will not change any more. Null while \`problem\` is set."
  isFinal: Boolean
  "In percent, 0 to 100. Null while \`problem\` is set, and when missing or unreadable."
  progress: Int
  "Null while \`problem\` is set, and when missing or unreadable."
  createdAt: DateTime
  "Null while \`problem\` is set, before the start, and when unreadable."
  startedAt: DateTime
  "Null while \`problem\` is set, before the end, and when unreadable."
  finishedAt: DateTime
  "Null unless \`status\` is FAILED and the vendor gives a reason."
  failure: MediaTaskFailure
  "What the task produced, once it succeeded. Null while \`problem\` is set."
  outputs: [MediaTaskOutput!]
  "The vendor's id of the request. Null when the vendor gave none."
  vendorRequestId: String
  "When the vendor gave this answer. Null while \`problem\` is set."
  fetchedAt: DateTime
  "Whether this answer is older than it should be, because the vendor could not be asked again in time."
  stale: Boolean!
  "Milliseconds after which asking again can show something new. Null when the task is final or asking again cannot help."
  nextPollAfterMs: Int
  "Why the vendor's answer is missing. Null when the vendor answered."
  problem: MediaTaskProblem

${keys.map((key) => `  "${keys.length > 1 ? 'Part of the natural key.' : 'The natural key.'}"\n  ${key}: ID!`).join('\n')}
  # TODO: add every other response field that the vendor documents, described with its unit and when it is null.
}
`;
