import type { Case, Limitation } from './case.ts';

/** Queries over the task subgraph and a subgraph that adds a field to every task by @interfaceObject. */

/** @graphql-tools/federation, which plans by default, has no code for @interfaceObject. */
export const hiveForgetsNotes =
  'the default planner does not know `@interfaceObject`: the field is null, without an error';

const hiveForgets = (data: unknown): Limitation => ({
  data,
  requests: { tasks: 1 },
  because: hiveForgetsNotes,
});

const notedTasks = [
  { id: 'aliyun-vod:partial-success', note: 'The 720p rendition is good enough; do not order again.' },
  { id: 'visionular:success', note: 'For the trailer.' },
  { id: 'volcengine-webcast:demo-app:demo-room:running', note: 'Runs until the keynote ends.' },
  { id: 'volcengine-whiteboard:demo-app:done', note: 'Slides of the keynote.' },
  { id: 'zego:huawei:succeeded', note: 'Pick a thumbnail from these.' },
  { id: 'zego:huawei:no-such-task', note: 'Where is it?' },
];

export const noteCases: readonly Case[] = [
  {
    shows: "the sibling's field on one task",
    query: '{ mediaTask(id: "zego:huawei:succeeded") { status note } }',
    data: { mediaTask: { status: 'SUCCEEDED', note: 'Pick a thumbnail from these.' } },
    requests: { tasks: 1, notes: 1 },
    limitations: { hive: hiveForgets({ mediaTask: { status: 'SUCCEEDED', note: null } }) },
  },
  {
    shows: "the sibling's field on one task by its natural key",
    query: '{ whiteboardTranscodeTask(appId: "demo-app", taskId: "done") { status note } }',
    data: { whiteboardTranscodeTask: { status: 'SUCCEEDED', note: 'Slides of the keynote.' } },
    requests: { tasks: 1, notes: 1 },
    limitations: {
      hive: hiveForgets({ whiteboardTranscodeTask: { status: 'SUCCEEDED', note: null } }),
    },
  },
  {
    shows: "the sibling's field on a mixed list",
    query:
      '{ mediaTasks(ids: ["visionular:success", "visionular:fail", "zego:huawei:succeeded"]) { status note } }',
    data: {
      mediaTasks: [
        { status: 'SUCCEEDED', note: 'For the trailer.' },
        { status: 'FAILED', note: null },
        { status: 'SUCCEEDED', note: 'Pick a thumbnail from these.' },
      ],
    },
    requests: { tasks: 1, notes: 1 },
    limitations: {
      hive: hiveForgets({
        mediaTasks: [
          { status: 'SUCCEEDED', note: null },
          { status: 'FAILED', note: null },
          { status: 'SUCCEEDED', note: null },
        ],
      }),
    },
  },
  {
    shows: "the sibling's field on a mixed list, in fragments on the types",
    query: `
      { mediaTasks(ids: ["visionular:success", "zego:huawei:succeeded", "zego:tencent:compose"]) {
          ... on VisionularTranscodeTask { taskId note }
          ... on ZegoMediaTask { vendor note }
      } }
    `,
    data: {
      mediaTasks: [
        { taskId: 'success', note: 'For the trailer.' },
        { vendor: 'HUAWEI', note: 'Pick a thumbnail from these.' },
        { vendor: 'TENCENT', note: null },
      ],
    },
    requests: { tasks: 1, notes: 1 },
    limitations: {
      hive: hiveForgets({
        mediaTasks: [
          { taskId: 'success', note: null },
          { vendor: 'HUAWEI', note: null },
          { vendor: 'TENCENT', note: null },
        ],
      }),
    },
  },
  {
    shows: "the sibling's own list `[MediaTask!]!`, nothing of the task subgraph",
    query: '{ notedTasks { id note } }',
    data: { notedTasks },
    requests: { notes: 1 },
    limitations: {
      hive: {
        data: { notedTasks },
        requests: { notes: 1, tasks: 1 },
        because: 'the task subgraph is asked for the type of each task, although the query does not need it',
      },
    },
  },
  {
    shows:
      "the sibling's own list `[MediaTask!]!` with an unknown task and one of a provider not configured: the list survives",
    query: '{ notedTasks { __typename status problem { code } } }',
    withoutVisionular: true,
    data: {
      notedTasks: [
        { __typename: 'AliyunTranscodeTask', status: 'PARTIALLY_SUCCEEDED', problem: null },
        { __typename: 'VisionularTranscodeTask', status: null, problem: { code: 'PROVIDER_NOT_CONFIGURED' } },
        { __typename: 'WebCastTask', status: 'RUNNING', problem: null },
        { __typename: 'WhiteboardTranscodeTask', status: 'SUCCEEDED', problem: null },
        { __typename: 'ZegoMediaTask', status: 'SUCCEEDED', problem: null },
        { __typename: 'ZegoMediaTask', status: null, problem: { code: 'TASK_NOT_FOUND' } },
      ],
    },
    requests: { tasks: 1, notes: 1 },
  },
  {
    shows: "the sibling's own list `[MediaTask!]!`, a fragment on a type",
    query: '{ notedTasks { note ... on ZegoMediaTask { vendor } } }',
    data: {
      notedTasks: [
        { note: 'The 720p rendition is good enough; do not order again.' },
        { note: 'For the trailer.' },
        { note: 'Runs until the keynote ends.' },
        { note: 'Slides of the keynote.' },
        { note: 'Pick a thumbnail from these.', vendor: 'HUAWEI' },
        { note: 'Where is it?', vendor: 'HUAWEI' },
      ],
    },
    requests: { tasks: 1, notes: 1 },
    limitations: {
      'hive-router': {
        data: undefined,
        errors: [{ code: 'INTERNAL_SERVER_ERROR' }],
        requests: {},
        because:
          'no plan is found: `No paths found for selection item: vendor` in the log, `Unexpected error.` to the client',
      },
    },
  },
  {
    shows: "the sibling's own list `[MediaTask!]!`, in a fragment on a type a field that every task has",
    query: '{ notedTasks { ... on ZegoMediaTask { id status } } }',
    data: {
      notedTasks: [
        {},
        {},
        {},
        {},
        { id: 'zego:huawei:succeeded', status: 'SUCCEEDED' },
        { id: 'zego:huawei:no-such-task', status: null },
      ],
    },
    requests: { tasks: 1, notes: 1 },
    limitations: {
      'hive-router': {
        data: { notedTasks: [{}, {}, {}, {}, {}, {}] },
        requests: { tasks: 2, notes: 2 },
        because: 'the fields of the fragment are missing from the answer, without an error',
      },
    },
  },
];
