import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { LookupError } from '../domain/errors.ts';

/** Far above the size of any vendor's answer; got has no limit, and 500 kB of gzip can unpack to a gigabyte. */
const maxBodyBytes = 2 * 1024 * 1024;

const byteOrderMark = '\u{feff}';

/** Of what a vendor answers, so many bytes are read in one turn of the event loop: 2 MB at once would hold others up. */
const readInOneTurn = 128 * 1024;

const withoutMark = (text: string): string =>
  text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;

/** By its events: an async iterator would take a tenth of all that a call costs. */
const readText = (stream: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    const utf8 = new StringDecoder();
    let text = '';
    let size = 0;
    let readInTurn = 0;
    const goOn = (): void => {
      readInTurn = 0;
      stream.resume();
    };
    stream.on('error', reject);
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      readInTurn += chunk.length;
      if (readInTurn > readInOneTurn) {
        stream.pause();
        setImmediate(goOn);
      }
      if (size > maxBodyBytes) {
        reject(new LookupError('BAD_RESPONSE', 'The vendor answered more than 2 MB.'));
        return;
      }
      const piece = utf8.write(chunk);
      text += text === '' ? withoutMark(piece) : piece;
    });
    stream.on('end', () => resolve(text + utf8.end()));
    stream.on('close', () => reject(new Error('The stream was closed.')));
  });

/**
 * The text of a vendor's answer. It is decoded as it arrives, and a long one is returned in a turn of its own.
 * @throws LookupError BAD_RESPONSE when it is too long, and what the stream is destroyed with
 */
export const readBody = async (stream: Readable): Promise<string> => {
  const text = await readText(stream);
  if (text.length > readInOneTurn) await new Promise(setImmediate);
  return text;
};
