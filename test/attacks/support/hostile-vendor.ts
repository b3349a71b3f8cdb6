import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A vendor that answers with what it likes: what to do is in the task's id. */
export interface HostileVendor {
  /** Points two providers at it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers with the number of calls. */
  readonly callsUrl: string;
  close(): Promise<void>;
}

export const visionularSecret = 'visionular+secret/of=attacks';

const megabytes = (count: number): number => count * 1_048_576 - 200;

/** Answers in the forms of both vendors. */
const answers: Readonly<Record<string, (request: IncomingMessage) => string>> = {
  'long-number': () =>
    `{"code":0,"data":{"task_id":"long-number","status":"success","dst_bitrate":"${'1'.repeat(megabytes(1.9))}x"}}`,
  'escaped-quotes': () => `{"code":0,"data":{"status":"${'\\"'.repeat(megabytes(0.9))}`,
  brackets: () => '['.repeat(megabytes(2)),
  'empty-jobs': () =>
    `{"TranscodeTask":{"TranscodeTaskId":"empty-jobs","TranscodeJobInfoList":[${'{},'.repeat(650_000)}{}]}}`,
  'large-texts': ({ url }) => {
    const id = new URL(url ?? '', 'http://vendor').searchParams.get('task_id') ?? '';
    return JSON.stringify({
      code: 0,
      data: { task_id: id, status: 'success', input: 'x'.repeat(megabytes(1.9)) },
    });
  },
  echo: ({ headers }) => {
    const { authorization = '' } = headers;
    const spellings = [authorization, visionularSecret, Buffer.from(visionularSecret).toString('hex')];
    return JSON.stringify({
      code: 0,
      data: { task_id: 'echo', status: 'success', input: spellings.join(' ') },
    });
  },
  'ancient-date': () => '{"code":0,"data":{"task_id":"ancient-date","status":"success"}}',
};

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { searchParams } = new URL(request.url ?? '', 'http://vendor');
  const id = searchParams.get('task_id') ?? searchParams.get('TranscodeTaskId') ?? '';
  const toBody = answers[id] ?? answers[id.replace(/-\d+$/, '')] ?? (() => '{}');
  response.sendDate = false;
  response.writeHead(200, { 'content-type': 'application/json', date: 'Thu, 01 Jan 1970 00:00:00 GMT' });
  response.end(toBody(request));
};

export const startHostileVendor = async (): Promise<HostileVendor> => {
  let calls = 0;
  const server = createServer((request, response) => {
    if (request.url === '/calls') {
      response.end(String(calls));
      return;
    }
    calls += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      VISIONULAR_ENDPOINT: `${url}/query_task`,
      VISIONULAR_ACCESS_KEY: 'visionular-key-of-attacks',
      VISIONULAR_SECRET_KEY: visionularSecret,
      ALIYUN_VOD_ENDPOINT: url,
    },
    callsUrl: `${url}/calls`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
