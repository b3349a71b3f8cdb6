import type { Case } from './case.ts';
import { hiveForgetsNotes } from './notes.ts';

/** Queries over a subgraph that refers to tasks by their vendors' own keys, with `resolvable: false` stubs. */
export const bookingCases: readonly Case[] = [
  {
    shows: 'a reference by natural key, only the key',
    query: '{ booking(id: "keynote") { title cast { appId roomId taskId } } }',
    data: {
      booking: { title: 'Keynote', cast: { appId: 'demo-app', roomId: 'demo-room', taskId: 'running' } },
    },
    requests: { bookings: 1 },
  },
  {
    shows: 'a reference by natural key',
    query: '{ booking(id: "keynote") { title cast { id status } } }',
    data: {
      booking: {
        title: 'Keynote',
        cast: { id: 'volcengine-webcast:demo-app:demo-room:running', status: 'RUNNING' },
      },
    },
    requests: { bookings: 1, tasks: 1 },
  },
  {
    shows: 'references `WebCastTask!` of several bookings, one unknown: the list survives',
    query: '{ bookings { cast { status problem { code } } } }',
    data: {
      bookings: [
        { cast: { status: 'RUNNING', problem: null } },
        { cast: { status: null, problem: { code: 'TASK_NOT_FOUND' } } },
      ],
    },
    requests: { bookings: 1, tasks: 1 },
  },
  {
    shows: 'a list `[AliyunTranscodeTask!]!` by natural key with an unknown task: the list survives',
    query: '{ booking(id: "keynote") { transcodes { id status problem { code } } } }',
    data: {
      booking: {
        transcodes: [
          { id: 'aliyun-vod:all-succeeded', status: 'SUCCEEDED', problem: null },
          { id: 'aliyun-vod:no-such-task', status: null, problem: { code: 'TASK_NOT_FOUND' } },
          { id: 'aliyun-vod:partial-success', status: 'PARTIALLY_SUCCEEDED', problem: null },
        ],
      },
    },
    requests: { bookings: 1, tasks: 1 },
  },
  {
    shows:
      'a list of a union of all types by natural key with an unknown task and one of a provider not configured: the list survives',
    query: '{ booking(id: "keynote") { tasks { ... on MediaTask { id status problem { code } } } } }',
    withoutVisionular: true,
    data: {
      booking: {
        tasks: [
          { id: 'zego:huawei:succeeded', status: 'SUCCEEDED', problem: null },
          { id: 'aliyun-vod:all-succeeded', status: 'SUCCEEDED', problem: null },
          { id: 'zego:huawei:no-such-task', status: null, problem: { code: 'TASK_NOT_FOUND' } },
          { id: 'visionular:success', status: null, problem: { code: 'PROVIDER_NOT_CONFIGURED' } },
          { id: 'volcengine-whiteboard:demo-app:done', status: 'SUCCEEDED', problem: null },
          { id: 'volcengine-webcast:demo-app:demo-room:running', status: 'RUNNING', problem: null },
        ],
      },
    },
    requests: { bookings: 1, tasks: 1 },
  },
  {
    shows: 'a list `[TranscodeJobInfo!]!` of single jobs with an unknown one: the list survives',
    query: '{ booking(id: "keynote") { renditions { transcodeJobId status problem { code } } } }',
    data: {
      booking: {
        renditions: [
          { transcodeJobId: 'all-succeeded-job-2', status: 'SUCCEEDED', problem: null },
          { transcodeJobId: 'no-such-job', status: null, problem: { code: 'TASK_NOT_FOUND' } },
        ],
      },
    },
    requests: { bookings: 1, tasks: 1 },
  },
  {
    shows:
      'a list `[AliyunTranscodeTask!]!` by natural key with a malformed key: an error, and the list survives',
    query: '{ booking(id: "keynote") { imports { status } } }',
    data: { booking: { imports: [{ status: 'RUNNING' }, { status: null }, { status: 'FAILED' }] } },
    errors: [{ code: 'BAD_USER_INPUT', path: ['booking', 'imports', 1] }],
    requests: { bookings: 1, tasks: 1 },
    limitations: {
      hive: {
        data: { booking: { imports: [{ status: 'RUNNING' }, { status: null }, { status: 'FAILED' }] } },
        errors: [{ code: 'BAD_USER_INPUT', path: ['booking', 'imports', 'status'] }],
        requests: { bookings: 1, tasks: 1 },
        because: "the error's path does not have the index of the item in the list",
      },
    },
  },
  {
    shows: 'from one sibling through the task to the other: booking, cast, note',
    query: '{ booking(id: "keynote") { cast { status note } } }',
    data: { booking: { cast: { status: 'RUNNING', note: 'Runs until the keynote ends.' } } },
    requests: { bookings: 1, tasks: 1, notes: 1 },
    limitations: {
      hive: {
        data: { booking: { cast: { status: 'RUNNING', note: null } } },
        requests: { bookings: 1, tasks: 1 },
        because: hiveForgetsNotes,
      },
    },
  },
];
