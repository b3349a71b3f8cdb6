import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ExampleTask } from './example-tasks.ts';
import { describeFault, faultNames, readFaultSetting } from './faults.ts';
import type { ServedApi } from './served-api.ts';

/** The control port: statistics of the vendors' APIs, and the switches for their faults. */
export function createControl(apis: readonly ServedApi[], examples: readonly ExampleTask[]) {
  const providers = apis.map(({ provider }) => provider).join(', ');

  const reports = () => Object.fromEntries(apis.map(({ provider, report }) => [provider, report()]));

  function forEachApi(change: (api: ServedApi) => void): object {
    apis.forEach(change);
    return reports();
  }

  /** What each command does, and what it answers: text is sent as it is, anything else as JSON. */
  const commands: Readonly<Record<string, () => unknown>> = {
    'GET /': () => helpText(providers),
    'GET /tasks': () => examples,
    'GET /stats': reports,
    'DELETE /stats': () => forEachApi((api) => api.resetCounts()),
    'DELETE /faults': () => forEachApi((api) => api.switchFault(null)),
  };

  async function carryOut(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    const command = `${request.method} ${request.url}`;
    const [, provider] = /^PUT \/faults\/([^/]+)$/.exec(command) ?? [];
    if (provider === undefined) {
      return [commands[command] ? 200 : 404, commands[command]?.() ?? { error: 'GET / lists the commands.' }];
    }
    const api = apis.find((served) => served.provider === provider);
    if (!api) return [404, { error: `No provider "${provider}"; there are: ${providers}.` }];
    const setting = readFaultSetting(await json(request).catch(() => undefined));
    if (typeof setting === 'string') return [400, { error: setting }];
    api.switchFault(setting);
    return [200, reports()];
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, body] = await carryOut(request);
    const isText = typeof body === 'string';
    response
      .writeHead(status, { 'content-type': `${isText ? 'text/plain' : 'application/json'}; charset=utf-8` })
      .end(isText ? body : `${JSON.stringify(body, null, 2)}\n`);
  };
}

function helpText(providers: string): string {
  const faults = faultNames.map((name) => `  ${name.padEnd(18)} ${describeFault(name)}`);
  return `The control port of the sandbox: vendor APIs that behave like the real ones.

  GET    /stats               what each API saw (calls, answers, refusals, most calls in any second), and its fault
  DELETE /stats               reset the counts
  GET    /tasks               ids to ask for, and what each shows
  PUT    /faults/<provider>   switch a fault on, with a body such as {"fault":"slow","ms":1500};
                              "taskId": affects that task only; "retryAfter": sent by faults that refuse;
                              "body": sent by garbage
  DELETE /faults              switch all faults off

Providers: ${providers}

Faults:
${faults.join('\n')}
`;
}
