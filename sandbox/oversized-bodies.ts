import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';

const MEGABYTE = 1_000_000;
const HUGE_BYTES = 100 * MEGABYTE;
const BOMB_BYTES = 512 * MEGABYTE;
const DEPTH = 200_000;

const json = { 'content-type': 'application/json; charset=utf-8' };

/** 100 MB of valid JSON, generated as the client reads it. */
export function sendHugeJson(response: ServerResponse): Promise<void> {
  response.writeHead(200, json);
  return pour(response, hugeJson());
}

function* hugeJson(): Generator<Buffer> {
  const piece = Buffer.alloc(64_000, 'x');
  yield Buffer.from('{"padding":"');
  for (let sent = 0; sent < HUGE_BYTES; sent += piece.length) yield piece;
  yield Buffer.from('"}');
}

/** Gzip members can be concatenated, so one packed megabyte is sent repeatedly. */
export function sendGzipBomb(response: ServerResponse): Promise<void> {
  response.writeHead(200, { ...json, 'content-encoding': 'gzip' });
  const megabyte = gzipSync(Buffer.alloc(MEGABYTE, ' '));
  return pour(response, Array<Buffer>(BOMB_BYTES / MEGABYTE).fill(megabyte));
}

/** Valid JSON: 200,000 nested lists. */
export function sendDeepJson(response: ServerResponse): void {
  response.writeHead(200, json).end('['.repeat(DEPTH) + ']'.repeat(DEPTH));
}

/** Writes with back-pressure; the client may disconnect before the end. */
async function pour(response: ServerResponse, pieces: Iterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(pieces), response).catch(() => undefined);
}
