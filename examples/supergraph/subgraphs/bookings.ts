import { type RequestListener, type RunningSubgraph, readSiblingSdl, serveSubgraph } from './serve.ts';

/** The vendor's own key of each type of task: the only data of a task that a booking has. */
interface TaskKeys {
  readonly AliyunTranscodeTask: { readonly transcodeTaskId: string };
  readonly VisionularTranscodeTask: { readonly taskId: string };
  readonly WebCastTask: { readonly appId: string; readonly roomId: string; readonly taskId: string };
  readonly WhiteboardTranscodeTask: { readonly appId: string; readonly taskId: string };
  readonly ZegoMediaTask: { readonly vendor: 'TENCENT' | 'HUAWEI'; readonly taskId: string };
}

type BookedTask = {
  [Typename in keyof TaskKeys]: { readonly __typename: Typename } & TaskKeys[Typename];
}[keyof TaskKeys];

/** An event in the studio. */
export interface Booking {
  readonly id: string;
  readonly title: string;
  readonly cast: TaskKeys['WebCastTask'];
  readonly transcodes: readonly TaskKeys['AliyunTranscodeTask'][];
  readonly tasks: readonly BookedTask[];
  readonly renditions: readonly { readonly transcodeJobId: string }[];
  readonly imports: readonly TaskKeys['AliyunTranscodeTask'][];
}

/** Tasks of every type, and of some a few that the vendors do not know. */
export const exampleBookings: readonly Booking[] = [
  {
    id: 'keynote',
    title: 'Keynote',
    cast: { appId: 'demo-app', roomId: 'demo-room', taskId: 'running' },
    transcodes: [
      { transcodeTaskId: 'all-succeeded' },
      { transcodeTaskId: 'no-such-task' },
      { transcodeTaskId: 'partial-success' },
    ],
    tasks: [
      { __typename: 'ZegoMediaTask', vendor: 'HUAWEI', taskId: 'succeeded' },
      { __typename: 'AliyunTranscodeTask', transcodeTaskId: 'all-succeeded' },
      { __typename: 'ZegoMediaTask', vendor: 'HUAWEI', taskId: 'no-such-task' },
      { __typename: 'VisionularTranscodeTask', taskId: 'success' },
      { __typename: 'WhiteboardTranscodeTask', appId: 'demo-app', taskId: 'done' },
      { __typename: 'WebCastTask', appId: 'demo-app', roomId: 'demo-room', taskId: 'running' },
    ],
    renditions: [{ transcodeJobId: 'all-succeeded-job-2' }, { transcodeJobId: 'no-such-job' }],
    imports: [{ transcodeTaskId: 'processing' }, { transcodeTaskId: '' }, { transcodeTaskId: 'all-failed' }],
  },
  {
    id: 'rehearsal',
    title: 'Rehearsal',
    cast: { appId: 'demo-app', roomId: 'demo-room', taskId: 'no-such-task' },
    transcodes: [],
    tasks: [],
    renditions: [],
    imports: [],
  },
];

/** Serves the subgraph of a studio's bookings, which refers to tasks by their vendors' own keys. */
export const serveBookings = (
  bookings: readonly Booking[] = exampleBookings,
  onRequest?: RequestListener,
): Promise<RunningSubgraph> => {
  const findBooking = (id: string) => bookings.find((booking) => booking.id === id) ?? null;
  return serveSubgraph(
    readSiblingSdl('bookings'),
    {
      Query: {
        bookings: () => bookings,
        booking: (_source: unknown, { id }: { id: string }) => findBooking(id),
      },
      Booking: { __resolveReference: ({ id }: { id: string }) => findBooking(id) },
    },
    onRequest,
  );
};
