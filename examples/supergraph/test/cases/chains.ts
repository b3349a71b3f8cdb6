import type { Case, Limitation } from './case.ts';

/** Queries through a reference to fields of other siblings, and to fields that are computed from ours. */

const cast = 'volcengine-webcast:demo-app:demo-room:running';
const note = 'Runs until the keynote ends.';
const owner = `owner of ${cast}`;
const price = `price of ${cast}`;

/** The default planner looks for the fields of @interfaceObject in the wrong subgraph, and does not terminate. */
const hiveHangs: Limitation = {
  data: undefined,
  requests: { bookings: 1 },
  hangs: true,
  because: 'the default planner does not know `@interfaceObject`: the gateway never answers',
};

export const chainCases: readonly Case[] = [
  {
    shows: "from a reference to one sibling's field, nothing of the task itself",
    query: '{ booking(id: "keynote") { cast { note } } }',
    data: { booking: { cast: { note } } },
    requests: { bookings: 1, tasks: 1, notes: 1 },
    limitations: { hive: hiveHangs },
  },
  {
    shows: 'from a reference to the fields of two siblings, one of them non-null',
    query: '{ booking(id: "keynote") { cast { status owner price } } }',
    data: { booking: { cast: { status: 'RUNNING', owner, price } } },
    requests: { bookings: 1, tasks: 1, owners: 1, prices: 1 },
    limitations: { hive: { ...hiveHangs, requests: { bookings: 1, tasks: 2, pages: 1 } } },
  },
  {
    shows: 'from a reference to the fields of three siblings',
    query: '{ booking(id: "keynote") { cast { note owner price } } }',
    data: { booking: { cast: { note, owner, price } } },
    requests: { bookings: 1, tasks: 1, notes: 1, owners: 1, prices: 1 },
    limitations: { hive: hiveHangs },
  },
  {
    shows: "a sibling's non-null field on one task",
    query: `{ mediaTask(id: "${cast}") { status price } }`,
    data: { mediaTask: { status: 'RUNNING', price } },
    requests: { tasks: 1, prices: 1 },
    limitations: {
      hive: {
        data: { mediaTask: null },
        errors: [{ code: 'INTERNAL_SERVER_ERROR', path: ['mediaTask', 'price'] }],
        requests: { tasks: 1 },
        because: 'the default planner does not know `@interfaceObject`: an error, and the whole task is null',
      },
    },
  },
  {
    shows: "a sibling's field that `@requires` one of ours, on one task",
    query: '{ webCastTask(appId: "demo-app", roomId: "demo-room", taskId: "running") { pageHost } }',
    data: { webCastTask: { pageHost: 'page.example.com' } },
    requests: { tasks: 1, pages: 1 },
  },
  {
    shows:
      'from a reference to a field that `@requires` one of ours, where that sibling knows the task by `id`',
    query: '{ booking(id: "keynote") { cast { pageHost } } }',
    data: { booking: { cast: { pageHost: 'page.example.com' } } },
    requests: { bookings: 1, tasks: 1, pages: 1 },
    limitations: {
      'hive-router': {
        data: undefined,
        errors: [{ code: 'INTERNAL_SERVER_ERROR', path: undefined }],
        requests: {},
        because: 'no plan is found from one key to the other: `Unexpected error.` with HTTP status 500',
      },
    },
  },
  {
    shows:
      'from a reference to a field that `@requires` one of ours, where that sibling knows the task by the same key',
    query: '{ booking(id: "keynote") { cast { pageHostByKey } } }',
    data: { booking: { cast: { pageHostByKey: 'page.example.com' } } },
    requests: { bookings: 1, tasks: 1, hosts: 1 },
  },
];
