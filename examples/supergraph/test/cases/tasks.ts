import type { Case } from './case.ts';

/** Queries that the task subgraph answers alone. */
export const taskCases: readonly Case[] = [
  {
    shows: 'one task by its id',
    query: '{ mediaTask(id: "aliyun-vod:partial-success") { __typename id status problem { code } } }',
    data: {
      mediaTask: {
        __typename: 'AliyunTranscodeTask',
        id: 'aliyun-vod:partial-success',
        status: 'PARTIALLY_SUCCEEDED',
        problem: null,
      },
    },
    requests: { tasks: 1 },
  },
  {
    shows: 'one task by its natural key',
    query: '{ zegoMediaTask(vendor: HUAWEI, taskId: "succeeded") { id status } }',
    data: { zegoMediaTask: { id: 'zego:huawei:succeeded', status: 'SUCCEEDED' } },
    requests: { tasks: 1 },
  },
  {
    shows: 'a mixed list, the fields that every task has',
    query: 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id kind status problem { code } } }',
    variables: {
      ids: ['visionular:fail', 'volcengine-webcast:demo-app:demo-room:running', 'zego:huawei:no-such-task'],
    },
    data: {
      mediaTasks: [
        { id: 'visionular:fail', kind: 'VIDEO_TRANSCODE', status: 'FAILED', problem: null },
        {
          id: 'volcengine-webcast:demo-app:demo-room:running',
          kind: 'WEB_CAST',
          status: 'RUNNING',
          problem: null,
        },
        { id: 'zego:huawei:no-such-task', kind: null, status: null, problem: { code: 'TASK_NOT_FOUND' } },
      ],
    },
    requests: { tasks: 1 },
  },
  {
    shows: 'a mixed list, fragments on all types and on both members of the ZEGO union',
    query: `
      query ($ids: [ID!]!) {
        mediaTasks(ids: $ids) {
          status
          ... on AliyunTranscodeTask { transcodeTaskId transcodeJobInfoList { definition } }
          ... on VisionularTranscodeTask { taskId }
          ... on WebCastTask { roomId sourceUrl }
          ... on WhiteboardTranscodeTask { appId progress }
          ... on ZegoMediaTask {
            vendor
            detail { __typename ... on ZegoTencentTask { event } ... on ZegoHuaweiTask { fileName } }
          }
        }
      }
    `,
    variables: {
      ids: [
        'zego:tencent:compose',
        'aliyun-vod:partial-success',
        'visionular:success',
        'volcengine-webcast:demo-app:demo-room:running',
        'volcengine-whiteboard:demo-app:running',
        'zego:huawei:succeeded',
      ],
    },
    data: {
      mediaTasks: [
        {
          status: 'SUCCEEDED',
          vendor: 'TENCENT',
          detail: { __typename: 'ZegoTencentTask', event: 'compose' },
        },
        {
          status: 'PARTIALLY_SUCCEEDED',
          transcodeTaskId: 'partial-success',
          transcodeJobInfoList: [{ definition: 'LD' }, { definition: 'OD' }],
        },
        { status: 'SUCCEEDED', taskId: 'success' },
        {
          status: 'RUNNING',
          roomId: 'demo-room',
          sourceUrl: 'https://page.example.com/lesson?token=not-a-secret',
        },
        { status: 'RUNNING', appId: 'demo-app', progress: 42 },
        {
          status: 'SUCCEEDED',
          vendor: 'HUAWEI',
          detail: {
            __typename: 'ZegoHuaweiTask',
            fileName: [
              'record/pickrecord/command_record/sandbox/0.jpg',
              'record/pickrecord/command_record/sandbox/10.jpg',
            ],
          },
        },
      ],
    },
    requests: { tasks: 1 },
  },
  {
    shows: 'a malformed id in a list: null in its place, with an error; the others survive',
    query: '{ mediaTasks(ids: ["visionular:fail", "nonsense"]) { status } }',
    data: { mediaTasks: [{ status: 'FAILED' }, null] },
    errors: [{ code: 'BAD_USER_INPUT', path: ['mediaTasks', 1] }],
    requests: { tasks: 1 },
  },
];
