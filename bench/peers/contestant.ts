/** One server of the benchmark, as a process of its own. */

/** A server that has begun to listen. */
export interface Contestant {
  readonly url: string;
  /** For servers that always send the same: what that is. */
  readonly setBytes?: (bytes: Buffer) => void;
}

/** @param vendorUrl where tasks are asked for */
export type Open = (vendorUrl: string, root: string) => Promise<Contestant>;

/** What the process has used since its start. */
export interface Usage {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

const own = () => import('./ours.ts');
const others = () => import('./peers.ts');

/** Without metrics: in production, nobody is served them at a public port. */
const silent = { LOG_LEVEL: 'silent', NODE_ENV: 'production', ALLOW_PUBLIC: 'true' };

/** There, they are counted for a port of their own. */
const counting = { METRICS_PORT: '0' };

/** Each process loads the packages of its own kind only. */
const kinds = {
  fastify: async () => (await own()).openFastify,
  node: async () => (await own()).openNode,
  ours: async () => (await own()).openSubgraph({ ...silent, FAST_LANE: 'true' }),
  'ours again': async () => (await own()).openSubgraph({ ...silent, FAST_LANE: 'true' }),
  'ours with metrics': async () => (await own()).openSubgraph({ ...silent, ...counting }),
  'ours with metrics and log': async () =>
    (await own()).openSubgraph({ ...silent, ...counting, LOG_LEVEL: 'info' }),
  'ours without lane': async () => (await own()).openSubgraph({ ...silent, FAST_LANE: 'false' }),
  before: async () => (await own()).openSubgraph(silent),
  mercurius: async () => (await others()).openMercurius,
  yoga: async () => (await others()).openYoga,
  apollo: async () => (await others()).openApollo,
  'apollo-rest': async () => (await others()).openApolloRest,
} satisfies Readonly<Record<string, () => Promise<Open>>>;

export type Kind = keyof typeof kinds;

if (process.send) {
  const [, , kind = '', vendorUrl = '', root = ''] = process.argv;
  const { url, setBytes } = await (await kinds[kind as Kind]())(vendorUrl, root);
  process.on('message', (message: { readonly bytes?: string }) => {
    if (message.bytes !== undefined) setBytes?.(Buffer.from(message.bytes));
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
    process.send?.(usage);
  });
  process.once('disconnect', () => process.exit(0));
  process.send({ url });
}
