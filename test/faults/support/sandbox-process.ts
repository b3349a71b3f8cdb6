import { setPriority } from 'node:os';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/index.ts';
import { type Arrival, watchArrivals } from './arrivals.ts';
import { testCredentials } from './test-credentials.ts';

/** The sandbox in a process of its own, so that nothing but itself delays what it counts. */
const arrivals = new Map<string, Arrival[]>();
let providerOfPort = new Map<string, string>();

const send = (message: object): void => {
  process.send?.(message);
};

const open = async (options: SandboxOptions): Promise<void> => {
  const sandbox = await createSandbox({ credentials: testCredentials, ...options });
  providerOfPort = toPorts(sandbox);
  send({ urls: sandbox.urls, environment: sandbox.environment() });
};

const toPorts = ({ urls }: Sandbox): Map<string, string> =>
  new Map([
    [new URL(urls.aliyunVod).port, 'aliyun-vod'],
    [new URL(urls.visionular).port, 'visionular'],
    [new URL(urls.zego).port, 'zego'],
    [new URL(urls.volcengine).port, 'volcengine'],
  ]);

watchArrivals(({ url, socket }, arrival) => {
  const vendor = providerOfPort.get(String(socket.localPort));
  if (!vendor) return;
  const action = url?.includes('Action=GetWebCastTask') ? 'webcast' : 'whiteboard';
  const provider = vendor === 'volcengine' ? `${vendor}-${action}` : vendor;
  const known = arrivals.get(provider);
  if (known) known.push(arrival);
  else arrivals.set(provider, [arrival]);
});

process.on('message', (message: { open?: SandboxOptions; arrivals?: true; forget?: true }) => {
  if (message.open) void open(message.open);
  if (message.arrivals) send(Object.fromEntries(arrivals));
  if (!message.forget) return;
  arrivals.clear();
  send({});
});

process.once('disconnect', () => process.exit(0));

try {
  setPriority(-15);
} catch {
  // Only an administrator may; without it the times of arrivals are less certain.
}
