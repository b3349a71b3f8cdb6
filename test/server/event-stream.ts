/** A server-sent event. */
export interface RawEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Reads a stream to its end, without the comments. */
export const readEvents = async (reply: Response): Promise<RawEvent[]> => toEvents(await reply.text());

const toEvents = (text: string): RawEvent[] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('event:'))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
      const data = field('data');
      return { event: field('event'), data: data === '' ? null : (JSON.parse(data) as unknown) };
    });

/** Posts an operation with this Accept header. */
export const post = (url: string, accept: string, operation: object): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(operation),
  });

/** Sends an operation by GET with this Accept header. */
export const get = (
  url: string,
  accept: string,
  { query, variables }: { query: string; variables?: object | null | undefined },
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> => {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) });
  return fetch(`${url}/graphql?${search}`, { headers: { accept, ...headers } });
};
