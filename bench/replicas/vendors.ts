import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { createSandbox } from '../../sandbox/index.ts';

/** One call as the vendor saw it. Times are of `now`. */
export interface VendorCall {
  readonly vendor: string;
  readonly taskId: string;
  readonly arrivedAt: number;
  readonly answeredAt: number;
}

/** Milliseconds since 1970 with fractions, the same in all processes of a machine. */
export const now = (): number => performance.timeOrigin + performance.now();

/** The sandbox as a process of its own, which notes every call. */
const start = async (): Promise<void> => {
  const arrivals = new WeakMap<IncomingMessage, number>();
  let calls: VendorCall[] = [];
  const sandbox = await createSandbox();
  const vendorOfPort = new Map(Object.entries(sandbox.urls).map(([name, url]) => [new URL(url).port, name]));
  subscribe('http.server.request.start', (message) => {
    arrivals.set((message as { request: IncomingMessage }).request, now());
  });
  subscribe('http.server.response.finish', (message) => {
    const { request } = message as { request: IncomingMessage };
    const [taskId] = /(done|evolving)-\w+/.exec(request.url ?? '') ?? [];
    const vendor = vendorOfPort.get(String(request.socket.localPort)) ?? '';
    const arrivedAt = arrivals.get(request) ?? Number.NaN;
    if (taskId) calls.push({ vendor, taskId, arrivedAt, answeredAt: now() });
  });
  process.on('message', () => {
    process.send?.(calls);
    calls = [];
  });
  process.stdout.write(
    `${JSON.stringify({ control: sandbox.urls.control, environment: sandbox.environment() })}\n`,
  );
};

if (process.argv[1] === import.meta.filename) {
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
  await start();
}
