import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TimeSlices } from '../graphql/time-slices.ts';
import { nobody, type Refuse } from './refusals.ts';

/** The header, or the field of a WebSocket's connection parameters, that carries the secret. */
export const secretHeader = 'router-authorization';

/** Whether a caller that sends this secret, or none, may use the graph. Without configured secrets, every caller may. */
export type RouterAuth = (secret: unknown) => boolean;

/** @param secrets one of which a caller must send; several are valid during a rotation */
export const createRouterAuth = (secrets: readonly string[]): RouterAuth => {
  const digests = secrets.map(toDigest);
  return (secret) => {
    if (digests.length === 0) return true;
    const digest = toDigest(typeof secret === 'string' ? secret : '');
    return digests.some((known) => timingSafeEqual(known, digest));
  };
};

/** Digests have equal lengths, so the time of a comparison does not depend on the secret. */
const toDigest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A hook that answers 401 to requests without a secret, when there is time for it. */
export const refuseUnauthorized =
  (isAuthorized: RouterAuth, refuse: Refuse, slices: Pick<TimeSlices, 'run'>) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (isAuthorized(request.headers[secretHeader])) {
      done();
      return;
    }
    const message =
      'This subgraph answers only its router: the header Router-Authorization is missing or wrong.';
    slices.run(nobody, () => {
      refuse(reply, { status: 401, code: 'UNAUTHENTICATED', message, rule: 'router-authorization' });
    });
  };
