import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { readSdl } from '../../src/graphql/schema.ts';
import { rules } from '../support/schema-rules.ts';

/** Our own rules for the SDL, and a test that each of them can fail. */

const sdl = parse(readSdl());

describe('the SDL', () => {
  it.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(sdl)).toEqual([]);
  });
});

/** Breaks every rule, with similar definitions that do not. */
const badSdl = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@policy"])

  type Query {
    "Null now and then."
    zegoTask(id: ID!, "Which cloud." vendor: ZegoVendor!): ZegoTask
    "What it is."
    zegoTasks: [ZegoTask]!
    "All of them."
    allZegoTasks: [ZegoTask!]!
  }

  "What all have."
  interface MediaTask @key(fields: "id") {
    "Which. Null never."
    id: ID
  }

  type ZegoTask implements MediaTask @authenticated @key(fields: "id") @key(fields: "name zone") {
    "Which. At most ZEGO_IDS_AT_ONCE of them. Null never."
    id: ID
    "Where."
    zone: ID!
    "Its name."
    name: String
    " "
    status: MediaTaskStatus!
    "Nullify this."
    size: Int!
    "Old. Null always."
    title: String @deprecated
    "Older. Null always."
    heading: String @deprecated(reason: "Use \`caption\`.")
    "Oldest. Null always."
    label: String @deprecated(reason: "Use \`name\`.")
  }

  "Which cloud."
  enum ZegoVendor {
    "This one."
    TENCENT
  }

  "How far."
  enum MediaTaskStatus {
    RUNNING
    "Unknown."
    UNKNOWN
  }

  "What it is."
  enum MediaTaskKind {
    "A cast."
    CAST
  }

  "Its end. Nothing to do with BAD_USER_INPUT or LEFT_ZONE."
  enum ZegoEnd {
    "Called off."
    LEFT_ZONE
  }

  "Anything."
  scalar JSON

  "A part of it."
  type Job {
    "Which."
    id: ID!
  }
`);

describe('on a bad SDL', () => {
  const found = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule(badSdl)]));

  it('each rule finds what breaks it, and nothing else', () => {
    expect(found).toEqual({
      'every type, field, argument and enum value is described': [
        'ZegoTask is not described',
        'ZegoTask.status is not described',
        'Query.zegoTask(id:) is not described',
        'MediaTaskStatus.RUNNING is not described',
      ],
      'every nullable field describes when it is null': [
        'Query.zegoTasks does not describe when it is null',
        'ZegoTask.name does not describe when it is null',
      ],
      'a field that is never null has a non-null type': [
        'MediaTask.id can be null, though its description denies it',
        'ZegoTask.id can be null, though its description denies it',
      ],
      'every field of a key is never null': [
        'MediaTask.id is a key field, and can be null',
        'ZegoTask.id is a key field, and can be null',
        'ZegoTask.name is a key field, and can be null',
      ],
      "every enum that mirrors a vendor's words has UNKNOWN": [
        'MediaTaskKind has no UNKNOWN',
        'ZegoEnd has no UNKNOWN',
      ],
      'no description names an environment variable': [
        'ZegoTask.id names ZEGO_IDS_AT_ONCE, which no client knows',
      ],
      'every deprecation names a replacement that exists': [
        'ZegoTask.title is deprecated without a replacement',
        'ZegoTask.heading is deprecated without a replacement',
      ],
      'there is no scalar that could be anything': [
        'scalar JSON has no @specifiedBy and no description of its values',
      ],
      "every type name is the contract's own or carries a prefix": [
        'JSON has no prefix, so its name can clash in a supergraph',
        'Job has no prefix, so its name can clash in a supergraph',
      ],
      'there is no directive that stops some gateways': [
        '@policy stops some gateways',
        '@authenticated stops some gateways',
      ],
      'no size in bytes is an Int': ['ZegoTask.size can outgrow Int'],
    });
  });
});
