import { createHash, timingSafeEqual } from 'node:crypto';

/** The header, or the field of a socket's connection parameters, in which a caller brings the secret. */
export const secretHeader = 'router-authorization';

/** Tells whether somebody who brings this secret, or none, may come in. Without secrets, everybody may. */
export type RouterGuard = (secret: unknown) => boolean;

/** @param secrets one of which must be brought; several are valid while they are being rotated */
export const createRouterGuard = (secrets: readonly string[]): RouterGuard => {
  const digests = secrets.map(toDigest);
  return (secret) => {
    if (digests.length === 0) return true;
    const digest = toDigest(typeof secret === 'string' ? secret : '');
    return digests.some((known) => timingSafeEqual(known, digest));
  };
};

/** Equal lengths, so that comparing tells nothing about the secret's own. */
const toDigest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
