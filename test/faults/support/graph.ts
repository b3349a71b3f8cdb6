import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { MediaTaskProblemCode } from '../../../src/generated/model.ts';
import { routerSecret } from './test-credentials.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A task as the queries of this suite select it. */
export interface TaskAnswer {
  readonly __typename: string;
  readonly id: string;
  readonly provider: string;
  readonly status: string | null;
  readonly vendorStatus: string | null;
  readonly isFinal: boolean | null;
  readonly progress: number | null;
  readonly fetchedAt: string | null;
  readonly stale: boolean;
  readonly nextPollAfterMs: number | null;
  readonly problem: {
    readonly code: MediaTaskProblemCode;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs: number | null;
    readonly vendorCode: string | null;
  } | null;
}

export const taskFields = `__typename id provider kind status vendorStatus isFinal progress createdAt startedAt
  finishedAt failure { code message } vendorRequestId fetchedAt stale nextPollAfterMs
  problem { code message retryable retryAfterMs vendorCode vendorRequestId }`;

const oneQuery = `query One($id: ID!) { task: mediaTask(id: $id) { ${taskFields} } }`;
const pageQuery = `query Page($ids: [ID!]!) { tasks: mediaTasks(ids: $ids) { ${taskFields} } }`;
const entitiesQuery = `query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on MediaTask { ${taskFields} } } }`;

export interface Operation {
  readonly query: string;
  readonly variables: object;
  /** Whose share of the permits it takes; absent: it stands for itself. */
  readonly caller?: string;
}

export const askOne = (id: string): Operation => ({ query: oneQuery, variables: { id } });
export const askPage = (ids: readonly string[]): Operation => ({ query: pageQuery, variables: { ids } });
export const askEntities = (representations: readonly object[]): Operation => ({
  query: entitiesQuery,
  variables: { representations },
});

export const createAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Sends an operation and waits for the whole reply. Rejects only when the connection fails. */
export const post = (agent: Agent, url: string, { caller, ...operation }: Operation): Promise<HttpReply> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(operation);
    const headers = {
      'content-type': 'application/json',
      ...(caller !== undefined && { 'x-caller-id': caller }),
      'content-length': Buffer.byteLength(body),
      'router-authorization': routerSecret,
    };
    const sent = request(`${url}/graphql`, { agent, method: 'POST', headers }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.on('error', reject);
      reply.on('close', () => {
        if (!reply.complete) reject(new Error('The reply broke off.'));
      });
      reply.on('end', () =>
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          text: Buffer.concat(pieces).toString(),
        }),
      );
    });
    // A request that is never answered would otherwise be waited for as long as the test may take.
    sent.setTimeout(90_000, () => sent.destroy(new Error('No reply within 90 s.')));
    sent.on('error', reject);
    sent.end(body);
  });
