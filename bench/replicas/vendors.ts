import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { setPriority } from 'node:os';
import { createSandbox } from '../../sandbox/index.ts';
import { type Arrival, wallNow, watchArrivals } from '../../test/faults/support/arrivals.ts';

/** One call as the vendor saw it. Times are of `wallNow`. */
export interface VendorCall {
  readonly vendor: string;
  readonly taskId: string;
  readonly arrivedAt: number;
  /** The earliest moment at which it can have come: this process may have been kept from looking. */
  readonly earliestAt: number;
  readonly answeredAt: number;
}

/** The sandbox as a process of its own, which notes every call. */
const start = async (): Promise<void> => {
  const arrivals = new WeakMap<IncomingMessage, Arrival>();
  let calls: VendorCall[] = [];
  const sandbox = await createSandbox();
  const vendorOfPort = new Map(Object.entries(sandbox.urls).map(([name, url]) => [new URL(url).port, name]));
  watchArrivals((request, arrival) => arrivals.set(request, arrival));
  subscribe('http.server.response.finish', (message) => {
    const { request } = message as { request: IncomingMessage };
    const [taskId] = /(done|evolving)-\w+/.exec(request.url ?? '') ?? [];
    const vendor = vendorOfPort.get(String(request.socket.localPort)) ?? '';
    const arrival = arrivals.get(request);
    if (!taskId || !arrival) return;
    calls.push({
      vendor,
      taskId,
      arrivedAt: arrival.seenAt,
      earliestAt: arrival.earliest,
      answeredAt: wallNow(),
    });
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
  try {
    setPriority(-15);
  } catch {
    // Only an administrator may; it merely sharpens the eye.
  }
  await start();
}
