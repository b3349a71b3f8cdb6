import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  print,
} from 'graphql';
import { toEnumValue } from '../../src/domain/task.ts';
import { toRootField } from '../../src/graphql/resolvers.ts';
import { readSdl } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';

/** The public contract, field by field: clients and other subgraphs build on these names. */

const document = parse(readSdl());
const schema = buildSubgraphSchema(document);

const typeNamed = (name: string): GraphQLNamedType => {
  const type = schema.getType(name);
  if (!type) throw new Error(`The schema has no ${name}.`);
  return type;
};

const fieldsOf = (name: string): Record<string, string> => {
  const type = typeNamed(name);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${name} has no fields.`);
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));
};

const valuesOf = (name: string): string[] => {
  const type = typeNamed(name);
  if (!isEnumType(type)) throw new Error(`${name} is no enum.`);
  return type.getValues().map((value) => value.name);
};

/** The keys of a type, as `@key` gives them. */
const keysOf = (name: string): string[] =>
  document.definitions.flatMap((definition) =>
    'name' in definition && definition.name?.value === name && 'directives' in definition
      ? (definition.directives ?? [])
          .filter((directive) => directive.name.value === 'key')
          .map((directive) => print(directive))
      : [],
  );

const mediaTask = {
  id: 'ID!',
  provider: 'MediaTaskProvider!',
  kind: 'MediaTaskKind',
  status: 'MediaTaskStatus',
  vendorStatus: 'String',
  isFinal: 'Boolean',
  progress: 'Int',
  createdAt: 'DateTime',
  startedAt: 'DateTime',
  finishedAt: 'DateTime',
  failure: 'MediaTaskFailure',
  outputs: '[MediaTaskOutput!]',
  vendorRequestId: 'String',
  fetchedAt: 'DateTime',
  stale: 'Boolean!',
  nextPollAfterMs: 'Int',
  problem: 'MediaTaskProblem',
};

describe('MediaTask', () => {
  it('is an entity interface with the fields of the contract and no others', () => {
    expect(isInterfaceType(typeNamed('MediaTask'))).toBe(true);
    expect(fieldsOf('MediaTask')).toEqual(mediaTask);
    expect(keysOf('MediaTask')).toEqual(['@key(fields: "id")']);
  });

  it('is implemented by the type of each provider, and by no other', () => {
    const type = typeNamed('MediaTask');
    const implementing = isInterfaceType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [];
    expect([...implementing].sort()).toEqual(providers.map(({ typename }) => typename).sort());
  });
});

describe.each([
  {
    typename: 'AliyunTranscodeTask',
    naturalKey: 'transcodeTaskId',
    own: {
      transcodeTaskId: 'ID!',
      transcodeTemplateGroupId: 'String',
      videoId: 'String',
      trigger: 'String',
      triggerKind: 'AliyunTrigger',
      transcodeJobInfoList: '[TranscodeJobInfo!]',
    },
  },
  {
    typename: 'VisionularTranscodeTask',
    naturalKey: 'taskId',
    own: {
      taskId: 'ID!',
      code: 'Int',
      msg: 'String',
      srcBitrate: 'Float',
      dstBitrate: 'Float',
      input: 'String',
      inputUrl: 'String',
      output: 'String',
      outputUrl: 'String',
      region: 'String',
      regionType: 'String',
      bucket: 'String',
      objkey: 'String',
      templateId: 'String',
      templateName: 'String',
    },
  },
  {
    typename: 'WebCastTask',
    naturalKey: 'appId roomId taskId',
    own: {
      appId: 'ID!',
      roomId: 'ID!',
      taskId: 'ID!',
      stopReason: 'String',
      stopReasonKind: 'WebCastStopReason',
      userId: 'String',
      sourceUrl: 'String',
      maxRunningTime: 'Int',
      videoSolutions: '[VideoSolution!]',
      monitorConfig: 'WebCastMonitorConfig',
      eventNotifyConfig: 'WebCastEventNotifyConfig',
    },
  },
  {
    typename: 'WhiteboardTranscodeTask',
    naturalKey: 'appId taskId',
    own: { appId: 'ID!', taskId: 'ID!' },
  },
  {
    typename: 'ZegoMediaTask',
    naturalKey: 'vendor taskId',
    own: { vendor: 'ZegoVendor!', taskId: 'ID!', code: 'Int', message: 'String', detail: 'ZegoVendorTask' },
  },
])('$typename', ({ typename, naturalKey, own }) => {
  it("has the interface's fields, of the same types, and the vendor's own", () => {
    expect(fieldsOf(typename)).toEqual({ ...mediaTask, ...own });
  });

  it('is found by its id and by its natural key', () => {
    expect(keysOf(typename)).toEqual(['@key(fields: "id")', `@key(fields: "${naturalKey}")`]);
  });
});

describe('the nested types', () => {
  it.each([
    ['MediaTaskFailure', { code: 'String', message: 'String' }],
    [
      'MediaTaskProblem',
      {
        code: 'MediaTaskProblemCode!',
        message: 'String!',
        retryable: 'Boolean!',
        retryAfterMs: 'Int',
        vendorCode: 'String',
        vendorRequestId: 'String',
      },
    ],
    ['VideoSolution', { width: 'Int', height: 'Int', frameRate: 'Int', bitrate: 'Int' }],
  ])('%s has exactly its fields', (name, fields) => {
    expect(fieldsOf(name)).toEqual(fields);
  });

  it.each<[string, Record<string, string>]>([
    ['MediaTaskOutput', { url: 'String', format: 'String', sizeBytes: 'MediaTaskLong' }],
    ['MediaTaskProviderInfo', { provider: 'MediaTaskProvider!', configured: 'Boolean!' }],
    [
      'TranscodeJobInfo',
      {
        transcodeJobId: 'ID!',
        status: 'MediaTaskStatus',
        vendorStatus: 'String',
        outputFile: 'AliyunOutputFile',
      },
    ],
    [
      'AliyunOutputFile',
      {
        audioStreamList: '[AliyunAudioStream!]',
        videoStreamList: '[AliyunVideoStream!]',
        subtitleStreamList: '[AliyunSubtitleStream!]',
        encryption: 'AliyunEncryption',
      },
    ],
    [
      'ZegoTencentTask',
      {
        status: 'MediaTaskStatus!',
        vendorStatus: 'String',
        eventKind: 'ZegoTencentEvent',
        thumbnailsUrl: '[String!]',
      },
    ],
    [
      'ZegoHuaweiTask',
      { status: 'MediaTaskStatus!', vendorStatus: 'String', createdAt: 'DateTime', finishedAt: 'DateTime' },
    ],
  ])('%s has at least these', (name, fields) => {
    expect(fieldsOf(name)).toMatchObject(fields);
  });

  it('ZegoVendorTask is a task of Tencent or of Huawei', () => {
    const type = typeNamed('ZegoVendorTask');
    expect(isUnionType(type) && type.getTypes().map(({ name }) => name)).toEqual([
      'ZegoTencentTask',
      'ZegoHuaweiTask',
    ]);
  });

  it.each([
    ['MediaTaskProvider', providers.map(({ name }) => toEnumValue(name))],
    ['MediaTaskKind', ['VIDEO_TRANSCODE', 'DOCUMENT_TRANSCODE', 'WEB_CAST', 'MERGE', 'SNAPSHOT', 'UNKNOWN']],
    [
      'MediaTaskStatus',
      ['QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN'],
    ],
    [
      'MediaTaskProblemCode',
      [
        'TASK_NOT_FOUND',
        'PROVIDER_NOT_CONFIGURED',
        'ACCESS_DENIED',
        'RATE_LIMITED',
        'TIMEOUT',
        'UNAVAILABLE',
        'BAD_RESPONSE',
        'REJECTED',
      ],
    ],
    ['ZegoVendor', ['TENCENT', 'HUAWEI']],
    ['AliyunTrigger', ['AUTO', 'MANUAL', 'UNKNOWN']],
    ['WebCastStopReason', ['STOP_BY_API', 'START_TASK_FAILED', 'EXCEED_MAX_RUNNING_TIME', 'UNKNOWN']],
    ['ZegoTencentEvent', ['COMPOSE', 'TRANSCODE', 'SNAPSHOT_BY_TIME_OFFSET', 'SAMPLE_SNAPSHOT', 'UNKNOWN']],
  ])('%s has exactly its values', (name, values) => {
    expect(valuesOf(name).sort()).toEqual(values.toSorted());
  });
});

/** `name(argument: Type): Type` of each field, but for those that federation adds. */
const signaturesOf = (type: GraphQLObjectType | null | undefined): string[] =>
  Object.values(type?.getFields() ?? {})
    .filter(({ name }) => !name.startsWith('_'))
    .map(({ name, args, type: answer }) => {
      const given = args.map((argument) => `${argument.name}: ${argument.type}`).join(', ');
      return `${name}${given && `(${given})`}: ${answer}`;
    })
    .sort();

describe('the root', () => {
  it('has the fields of the contract with their arguments, and one for each provider and kind of job', () => {
    const contract = [
      'aliyunTranscodeJobs(transcodeJobIds: [ID!]!): [TranscodeJobInfo]!',
      'aliyunTranscodeTask(transcodeTaskId: ID!): AliyunTranscodeTask',
      'mediaTask(id: ID!): MediaTask',
      'mediaTaskProviders: [MediaTaskProviderInfo!]!',
      'mediaTasks(ids: [ID!]!): [MediaTask]!',
      'visionularTranscodeTask(taskId: ID!): VisionularTranscodeTask',
      'webCastTask(appId: ID!, roomId: ID!, taskId: ID!): WebCastTask',
      'whiteboardTranscodeTask(appId: ID!, taskId: ID!): WhiteboardTranscodeTask',
      'zegoMediaTask(vendor: ZegoVendor!, taskId: ID!): ZegoMediaTask',
    ];
    const signatures = signaturesOf(schema.getQueryType());
    expect(signatures).toEqual(expect.arrayContaining(contract));
    expect(signatures.map((signature) => signature.replace(/[(:].*/, '')).sort()).toEqual(
      [
        'mediaTask',
        'mediaTaskProviders',
        'mediaTasks',
        ...providers.map(({ typename }) => toRootField(typename)),
        ...providers.flatMap(({ jobKind }) => jobKind?.rootField ?? []),
      ].sort(),
    );
    expect(signaturesOf(schema.getSubscriptionType())).toEqual(['mediaTaskUpdates(ids: [ID!]!): MediaTask!']);
  });

  it('changes nothing, and links federation 2.9', () => {
    expect(schema.getMutationType()).toBeUndefined();
    expect(readSdl()).toMatch(/@link\(\s*url: "https:\/\/specs\.apollo\.dev\/federation\/v2\.9"/);
  });
});
