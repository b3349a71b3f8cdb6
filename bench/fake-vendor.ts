import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake vendor has seen, as it tells whoever sends it a message. Times are of `Date.now`. */
export interface VendorReport {
  /** In the order of arrival. */
  readonly calls: readonly { readonly id: string; readonly at: number }[];
}

/**
 * A vendor with ZEGO's protocol, as a process, whose tasks all run for ever: `node fake-vendor.ts <latency in ms>`. It
 * prints its address and notes every call. It throttles nothing: on a busy machine, calls that were sent apart arrive
 * together, and what is measured here is how new answers are.
 */
const [latencyMs = 60] = process.argv.slice(2).map(Number);
const calls: { readonly id: string; readonly at: number }[] = [];

const server = createServer((request, response) => {
  const id = new URL(request.url ?? '', 'http://vendor').searchParams.get('TaskId') ?? '';
  calls.push({ id, at: Date.now() });
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
