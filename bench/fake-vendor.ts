import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { watchArrivals } from '../test/faults/support/arrivals.ts';

/** One call as a fake vendor saw it. Times are of `wallNow`. */
export interface VendorCall {
  readonly id: string;
  readonly at: number;
  /** The earliest moment at which it can have come: the process may have been kept from looking. */
  readonly earliestAt: number;
}

/** What a fake vendor has seen, as it tells whoever sends it a message. */
export interface VendorReport {
  /** In the order of arrival. */
  readonly calls: readonly VendorCall[];
}

/**
 * A vendor with ZEGO's protocol, as a process, whose tasks all run for ever: `node fake-vendor.ts <latency in ms>`. It
 * prints its address and notes every call. It throttles nothing: on a busy machine, calls that were sent apart arrive
 * together, and what is measured here is how new answers are.
 */
const [latencyMs = 60] = process.argv.slice(2).map(Number);
const calls: VendorCall[] = [];
const toTaskId = (url: string): string => /[?&]TaskId=([^&]*)/.exec(url)?.[1] ?? '';

watchArrivals(({ url = '' }, { seenAt, earliest }) => {
  calls.push({ id: toTaskId(url), at: seenAt, earliestAt: earliest });
});

const server = createServer((request, response) => {
  const id = toTaskId(request.url ?? '');
  const answer = {
    Code: 0,
    Message: 'success',
    RequestId: '1',
    Data: { Tencent: { TaskId: id, Status: 'PROCESSING' } },
  };
  setTimeout(() => response.end(JSON.stringify(answer)), latencyMs);
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);

process.on('message', () => {
  const report: VendorReport = { calls };
  process.send?.(report);
});
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
