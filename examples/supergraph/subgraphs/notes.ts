import { type RequestListener, type RunningSubgraph, readSiblingSdl, serveSubgraph } from './serve.ts';

/** Notes by the task's id. */
export const exampleNotes: ReadonlyMap<string, string> = new Map([
  ['aliyun-vod:partial-success', 'The 720p rendition is good enough; do not order again.'],
  ['visionular:success', 'For the trailer.'],
  ['volcengine-webcast:demo-app:demo-room:running', 'Runs until the keynote ends.'],
  ['volcengine-whiteboard:demo-app:done', 'Slides of the keynote.'],
  ['zego:huawei:succeeded', 'Pick a thumbnail from these.'],
  ['zego:huawei:no-such-task', 'Where is it?'],
]);

/** Serves the subgraph with notes about tasks of any type. */
export const serveNotes = (
  notes: ReadonlyMap<string, string> = exampleNotes,
  onRequest?: RequestListener,
): Promise<RunningSubgraph> => {
  const toTask = (id: string) => ({ id, note: notes.get(id) ?? null });
  return serveSubgraph(
    readSiblingSdl('notes'),
    {
      Query: { notedTasks: () => [...notes.keys()].map(toTask) },
      MediaTask: { __resolveReference: ({ id }: { id: string }) => toTask(id) },
    },
    onRequest,
  );
};
