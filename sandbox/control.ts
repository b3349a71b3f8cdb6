import type { IncomingMessage } from 'node:http';
import type { Desk } from './desk.ts';
import { exampleTasks } from './examples.ts';
import { readFaultSetting, settingsOf } from './fault-setting.ts';
import { faultNamed, faultNames } from './faults.ts';
import { type Handle, readBody, splitTarget } from './serve.ts';
import { providerNames } from './vendor-api.ts';

type Desks = readonly Desk[];

interface ControlReply {
  readonly status: number;
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** The control port: what the vendors saw, and the switches for their faults. */
export function createControl(desks: Desks): Handle {
  return async (request, response) => {
    const { status, body } = await control(desks, request);
    const isText = typeof body === 'string';
    response
      .writeHead(status, { 'content-type': `${isText ? 'text/plain' : 'application/json'}; charset=utf-8` })
      .end(isText ? body : `${JSON.stringify(body, null, 2)}\n`);
  };
}

async function control(desks: Desks, request: IncomingMessage): Promise<ControlReply> {
  const [, section = '', name, ...more] = splitTarget(request).path.split('/');
  const command =
    more.length > 0 ? '' : `${request.method} /${section}${name === undefined ? '' : '/<provider>'}`;
  switch (command) {
    case 'GET /':
      return succeed(helpText());
    case 'GET /tasks':
      return succeed(exampleTasks);
    case 'GET /stats':
      return succeed(reportAll(desks));
    case 'DELETE /stats':
      for (const desk of desks) desk.resetTally();
      return succeed(reportAll(desks));
    case 'GET /faults':
      return succeed(faultsOn(desks));
    case 'DELETE /faults':
      for (const desk of desks) desk.switchFault(null);
      return succeed(faultsOn(desks));
    case 'PUT /faults/<provider>':
    case 'DELETE /faults/<provider>':
      return switchFault(desks, name ?? '', request);
    default:
      return fail(404, 'No such command; GET / lists them.');
  }
}

async function switchFault(desks: Desks, provider: string, request: IncomingMessage): Promise<ControlReply> {
  const desk = desks.find((each) => each.provider === provider);
  if (!desk) return fail(404, `No provider "${provider}"; there are: ${providerNames.join(', ')}.`);
  const setting = request.method === 'DELETE' ? null : readFaultSetting(parse(await readBody(request)));
  if (typeof setting === 'string') return fail(400, setting);
  desk.switchFault(setting);
  return succeed(faultsOn(desks));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function reportAll(desks: Desks): object {
  return Object.fromEntries(desks.map((desk) => [desk.provider, desk.report()]));
}

function faultsOn(desks: Desks): object {
  return Object.fromEntries(desks.map((desk) => [desk.provider, desk.report().fault]));
}

function succeed(body: unknown): ControlReply {
  return { status: 200, body };
}

function fail(status: number, error: string): ControlReply {
  return { status, body: { error } };
}

function helpText(): string {
  const faults = faultNames.map((name) => {
    const takes = settingsOf(name).join(' and ');
    return `  ${name.padEnd(18)} ${faultNamed(name).describes}${takes && `; takes ${takes}`}`;
  });
  return `The control port of the sandbox: five vendor APIs that behave like the real ones.

  GET    /stats               what each vendor saw: calls, answers, refusals, most calls in any second
  DELETE /stats               start counting anew
  GET    /tasks               ids to ask for, and what each shows
  GET    /faults              which faults are on
  PUT    /faults/<provider>   switch a fault on, with a body such as {"fault":"slow","ms":1500};
                              with a "taskId" it befalls that task only
  DELETE /faults/<provider>   switch it off
  DELETE /faults              switch all off

Providers: ${providerNames.join(', ')}

Faults:
${faults.join('\n')}
`;
}
