import { setPriority } from 'node:os';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/index.ts';
import { type Arrival, mostInAnySecond, watchArrivals } from './arrivals.ts';
import { canaryCredentials } from './canaries.ts';

/** The sandbox in a process of its own, so that nothing but itself delays what it counts. */
const arrivals = new Map<string, Arrival[]>();
let providerOfPort = new Map<string, string>();

const tell = (message: object): void => {
  process.send?.(message);
};

const open = async (options: SandboxOptions): Promise<void> => {
  const sandbox = await createSandbox({ credentials: canaryCredentials, ...options });
  providerOfPort = toPorts(sandbox);
  tell({ urls: sandbox.urls, environment: sandbox.environment() });
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

process.on('message', (message: { open?: SandboxOptions; most?: true; forget?: true }) => {
  if (message.open) void open(message.open);
  if (message.forget) arrivals.clear();
  if (message.most) {
    const most = [...arrivals].map(([provider, list]) => [provider, mostInAnySecond(list)]);
    const gaps = [...arrivals.values()].flat().map(({ seenAt, earliest }) => seenAt - earliest);
    tell({ most: Object.fromEntries(most), blindMs: gaps.reduce((a, b) => Math.max(a, b), 0) });
  }
  if (message.forget) tell({});
});

process.once('disconnect', () => process.exit(0));

try {
  setPriority(-15);
} catch {
  // Only an administrator may; it merely sharpens the eye.
}
