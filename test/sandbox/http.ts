import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** A request to be sent, by GET unless `method` is set. */
export interface Outgoing {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Incoming {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request unchanged and reads the whole answer; rejects when the connection breaks. */
export function send({ url, method = 'GET', headers = {}, body }: Outgoing): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, async (response) => {
      const pieces = await response.toArray().catch(reject);
      const text = Buffer.concat(pieces ?? []).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends a request and parses the JSON of its answer. */
export async function sendForJson(outgoing: Outgoing) {
  const { text, ...rest } = await send(outgoing);
  return { ...rest, body: JSON.parse(text) };
}

/** Sends a command such as `PUT /faults/zego` to the control port. */
export function control(sandbox: { urls: { control: string } }, command: string, body?: unknown) {
  const [method = '', path = ''] = command.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return sendForJson({ url: sandbox.urls.control + path, method, ...(body !== undefined && { body: text }) });
}

/** RFC 3986: everything but `A-Z a-z 0-9 - _ . ~` as `%XY`. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The parameters encoded and in order, as most vendors sign them. */
export function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}
