import type { FastifyInstance } from 'fastify';
import type { TimeSlices } from '../graphql/time-slices.ts';

/** In characters: encoded in less than a millisecond. */
const pieceLength = 250_000;

/** Encodes large answers in pieces, between which others have their turn: Node takes 20 ms for 8 MB when it writes them. */
export const encodeInTurns = (server: FastifyInstance, slices: Pick<TimeSlices, 'pause'>): void => {
  server.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload !== 'string' || payload.length <= pieceLength) done(null, payload);
    else encode(payload, () => slices.pause(request)).then((encoded) => done(null, encoded), done);
  });
};

const encode = async (text: string, pause: () => Promise<void> | undefined): Promise<Buffer> => {
  const memory = Buffer.allocUnsafe(Buffer.byteLength(text));
  let at = 0;
  for (let start = 0; start < text.length; ) {
    const end = toBoundary(text, start + pieceLength);
    at += memory.write(text.slice(start, end), at);
    start = end;
    await pause();
  }
  return memory;
};

/** The position itself, or the next one where it is in the middle of a character. */
const toBoundary = (text: string, position: number): number => {
  const before = text.charCodeAt(position - 1);
  return before >= 0xd800 && before <= 0xdbff ? position + 1 : position;
};
