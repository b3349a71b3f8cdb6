import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ExampleTask } from './example-tasks.ts';
import { describeFault, faultNames, readFaultSetting } from './faults.ts';
import type { Handle } from './http-server.ts';
import { splitTarget } from './request.ts';
import type { ServedApi } from './served-api.ts';

interface ControlReply {
  readonly status: number;
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** The control port: statistics of the vendors' APIs, and the switches for their faults. */
export function createControl(apis: readonly ServedApi[], examples: readonly ExampleTask[]): Handle {
  const providers = apis.map(({ api }) => api.provider).join(', ');

  async function control(request: IncomingMessage): Promise<ControlReply> {
    const [, section = '', name, ...more] = splitTarget(request).path.split('/');
    const command = `${request.method} /${[section, ...(name === undefined ? [] : ['<provider>']), ...more].join('/')}`;
    switch (command) {
      case 'GET /':
        return { status: 200, body: helpText(providers) };
      case 'GET /tasks':
        return { status: 200, body: examples };
      case 'DELETE /stats':
        for (const api of apis) api.resetCounts();
        return reports();
      case 'GET /stats':
        return reports();
      case 'DELETE /faults':
        for (const api of apis) api.switchFault(null);
        return reports();
      case 'PUT /faults/<provider>':
        return switchFault(name ?? '', request);
      default:
        return fail(404, 'No such command; GET / lists them.');
    }
  }

  async function switchFault(provider: string, request: IncomingMessage): Promise<ControlReply> {
    const served = apis.find(({ api }) => api.provider === provider);
    if (!served) return fail(404, `No provider "${provider}"; there are: ${providers}.`);
    const setting = readFaultSetting(await json(request).catch(() => undefined));
    if (typeof setting === 'string') return fail(400, setting);
    served.switchFault(setting);
    return reports();
  }

  function reports(): ControlReply {
    return { status: 200, body: Object.fromEntries(apis.map(({ api, report }) => [api.provider, report()])) };
  }

  return async (request, response) => {
    const { status, body } = await control(request);
    const isText = typeof body === 'string';
    response
      .writeHead(status, { 'content-type': `${isText ? 'text/plain' : 'application/json'}; charset=utf-8` })
      .end(isText ? body : `${JSON.stringify(body, null, 2)}\n`);
  };
}

function fail(status: number, error: string): ControlReply {
  return { status, body: { error } };
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
