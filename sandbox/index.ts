import { createAliyunVod } from './aliyun-vod/api.ts';
import { createControl } from './control.ts';
import { type SandboxCredentials, sandboxCredentials } from './credentials.ts';
import { createDesk, type Desk } from './desk.ts';
import { type Door, type Handle, openDoor, readVendorRequest } from './serve.ts';
import type { ProviderName, VendorApi } from './vendor-api.ts';
import { createVisionular, DOCUMENTED_PATH } from './visionular/api.ts';
import { createVolcengineReception } from './volcengine/reception.ts';
import { createWebcast } from './volcengine/webcast.ts';
import { createWhiteboard } from './volcengine/whiteboard.ts';
import { createZego } from './zego/api.ts';

export type { AccessKey, SandboxCredentials } from './credentials.ts';
export type { DeskReport } from './desk.ts';
export { type ExampleTask, exampleTasks } from './examples.ts';
export { type FaultName, type FaultSetting, faultNames } from './faults.ts';
export { type ProviderName, providerNames } from './vendor-api.ts';

const doorNames = ['control', 'aliyunVod', 'visionular', 'volcengine', 'zego'] as const;

/** The ports of the sandbox: its own, and one for each vendor's host. */
export type DoorName = (typeof doorNames)[number];

export interface SandboxOptions {
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Any free port where none is given. */
  readonly ports?: Partial<Record<DoorName, number>>;
  /** The clock of all vendors, ms epoch; Date.now by default. */
  readonly now?: () => number;
  /** Calls answered in any sliding second, instead of the vendor's documented limit. */
  readonly quotas?: Partial<Record<ProviderName, number>>;
  /** Keys that the vendors know, instead of the made-up ones. */
  readonly credentials?: Partial<SandboxCredentials>;
}

export interface Sandbox {
  /** Where each door is; an origin, but Visionular's is the whole address of query_task. */
  readonly urls: Readonly<Record<DoorName, string>>;
  readonly credentials: SandboxCredentials;
  /** The environment that makes a subgraph ask this sandbox. */
  environment(): Record<string, string>;
  /** Breaks every connection, those that hang included, and frees the ports. */
  close(): Promise<void>;
}

/**
 * Opens five vendor APIs that verify, throttle and answer as the real ones do.
 * @throws the listening error (EADDRINUSE) when a port is taken; nothing stays open then
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const credentials = { ...sandboxCredentials, ...options.credentials };
  const doors = await openDoors(createHandlers(options, credentials), options);
  const urls = {
    control: doors.control.origin,
    aliyunVod: doors.aliyunVod.origin,
    visionular: doors.visionular.origin + DOCUMENTED_PATH,
    volcengine: doors.volcengine.origin,
    zego: doors.zego.origin,
  };
  return {
    urls,
    credentials,
    environment: () => environmentOf(urls, credentials),
    close: () => closeDoors(Object.values(doors)),
  };
}

function createHandlers(
  { now = Date.now, quotas = {} }: SandboxOptions,
  credentials: SandboxCredentials,
): Record<DoorName, Handle> {
  const setting = { credentials, openedAt: now() };
  const open = (api: VendorApi) =>
    createDesk({ api, quota: quotas[api.provider] ?? api.callsPerSecond, now });
  const aliyunVod = open(createAliyunVod(setting));
  const visionular = open(createVisionular(setting));
  const webcast = open(createWebcast(setting));
  const whiteboard = open(createWhiteboard(setting));
  const zego = open(createZego(setting));
  return {
    control: createControl([aliyunVod, visionular, webcast, whiteboard, zego]),
    aliyunVod: attend(aliyunVod),
    visionular: attend(visionular),
    volcengine: attend(createVolcengineReception(webcast, whiteboard)),
    zego: attend(zego),
  };
}

function attend({ receive }: Pick<Desk, 'receive'>): Handle {
  return async (request, response) => receive(await readVendorRequest(request), response);
}

async function openDoors(
  handlers: Record<DoorName, Handle>,
  { host = '127.0.0.1', ports = {} }: SandboxOptions,
): Promise<Record<DoorName, Door>> {
  const attempts = await Promise.allSettled(
    doorNames.map((name) => openDoor({ host, port: ports[name] ?? 0 }, handlers[name])),
  );
  const opened = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const failure = attempts.find((attempt) => attempt.status === 'rejected');
  if (failure) {
    await closeDoors(opened);
    throw failure.reason;
  }
  return Object.fromEntries(doorNames.map((name, index) => [name, opened[index]])) as Record<DoorName, Door>;
}

async function closeDoors(doors: readonly Door[]): Promise<void> {
  await Promise.all(doors.map((door) => door.close()));
}

function environmentOf(urls: Sandbox['urls'], credentials: SandboxCredentials): Record<string, string> {
  const { aliyunVod, visionular, volcengine, zego } = credentials;
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: aliyunVod.id,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: aliyunVod.secret,
    ALIYUN_VOD_ENDPOINT: urls.aliyunVod,
    VISIONULAR_ACCESS_KEY: visionular.id,
    VISIONULAR_SECRET_KEY: visionular.secret,
    VISIONULAR_ENDPOINT: urls.visionular,
    VOLCENGINE_ACCESS_KEY: volcengine.id,
    VOLCENGINE_SECRET_KEY: volcengine.secret,
    VOLCENGINE_RTC_ENDPOINT: urls.volcengine,
    ZEGO_APP_ID: String(zego.appId),
    ZEGO_SERVER_SECRET: zego.serverSecret,
    ZEGO_ENDPOINT: urls.zego,
  };
}
