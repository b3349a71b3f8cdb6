import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { providerNames } from '../../sandbox/index.ts';
import { idsOf } from '../../test/support/sandbox-ids.ts';
import { selectEverything } from '../../test/support/selection.ts';
import { openStack } from '../../test/support/stack.ts';

/** The tasks of the benchmark, and the one vendor that all servers ask for them. */

/** A task as all servers answer it, with every field; immutable. */
export type TaskJson = Readonly<Record<string, unknown>>;

const typenames: Readonly<Record<string, string>> = {
  'aliyun-vod': 'AliyunTranscodeTask',
  visionular: 'VisionularTranscodeTask',
  'volcengine-webcast': 'WebCastTask',
  'volcengine-whiteboard': 'WhiteboardTranscodeTask',
  zego: 'ZegoMediaTask',
};

export const typenameOf = (id: string): string => typenames[id.slice(0, id.indexOf(':'))] ?? '';

/** Every field of each type: the largest query of tasks. */
export const everyField = `{ __typename ${Object.values(typenames)
  .map((typename) => `... on ${typename} ${selectEverything(typename)}`)
  .join(' ')} }`;

/** The first ten of each kind are the models of all others. */
const models = 10;

/** As many ids, evenly of all five providers; `done` has succeeded, `live` runs for ever. */
export const toIds = (kind: 'done' | 'live', count: number): string[] => {
  const perProvider = Array.from({ length: Math.ceil(count / providerNames.length) }, (_, n) =>
    Object.values(idsOf(`${kind}-${n}`)),
  );
  return perProvider.flat().slice(0, count);
};

export interface Vendor {
  readonly url: string;
  /** How long it takes to answer, in ms. */
  delayMs: number;
  close(): Promise<void>;
}

/** A vendor that answers `GET /<id>` with the task. */
export const openVendor = async (): Promise<Vendor> => {
  const known = await readModels();
  const server = createServer(async (request, response) => {
    const id = decodeURIComponent((request.url ?? '').slice(1));
    const body = toTask(known, id);
    if (vendor.delayMs > 0) await setTimeout(vendor.delayMs);
    response.setHeader('cache-control', `max-age=${id.includes('live-') ? 2 : 3_600}`);
    response.setHeader('content-type', 'application/json');
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const vendor: Vendor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return vendor;
};

/** Real answers of the made-up vendors, as the subgraph normalises them. */
const readModels = async (): Promise<ReadonlyMap<string, string>> => {
  const stack = await openStack({ variables: { LOG_LEVEL: 'silent' } });
  try {
    const ids = toIds('done', models * providerNames.length);
    const query = `query ($ids: [ID!]!) { mediaTasks(ids: $ids) ${everyField} }`;
    const { data, errors } = await stack.ask<{ mediaTasks: TaskJson[] }>(query, { ids });
    if (errors || data.mediaTasks.some(({ problem }) => problem !== null)) {
      throw new Error(`The models cannot be read: ${JSON.stringify(errors ?? data).slice(0, 500)}`);
    }
    return new Map(data.mediaTasks.map((task, index) => [ids[index] ?? '', JSON.stringify(task)]));
  } finally {
    await stack.close();
  }
};

const toTask = (known: ReadonlyMap<string, string>, id: string): string => {
  const [, kind = '', n = ''] = /(done|live)-(\d+)$/.exec(id) ?? [];
  const model = `done-${Number(n) % models}`;
  const text = known.get(id.replace(/(done|live)-\d+$/, model)) ?? 'null';
  const task = text.replaceAll(new RegExp(`${model}(?!\\d)`, 'g'), `${kind}-${n}`);
  if (kind === 'done') return task;
  const progress = Math.floor(performance.now() / 100) % 100;
  return JSON.stringify({
    ...JSON.parse(task),
    status: 'RUNNING',
    isFinal: false,
    finishedAt: null,
    progress,
  });
};
