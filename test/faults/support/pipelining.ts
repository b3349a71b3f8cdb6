import { connect } from 'node:net';
import type { HttpReply, Operation } from './graph.ts';
import { routerSecret } from './test-credentials.ts';

/** Sends so many requests over one connection without waiting for the replies: many callers cost few sockets. */
export const sendPipelined = (url: string, operation: Operation, count: number): Promise<HttpReply[]> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(url);
    const body = JSON.stringify(operation);
    const head = [
      'POST /graphql HTTP/1.1',
      `host: ${host}`,
      'content-type: application/json',
      `router-authorization: ${routerSecret}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ].join('\r\n');
    const socket = connect(Number(port), hostname);
    const replies: HttpReply[] = [];
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, Math.max(0, end)))?.[1]);
        if (end < 0 || Number.isNaN(length) || text.length < end + 4 + length) break;
        const status = Number(text.slice(9, 12));
        replies.push({ status, headers: {}, text: text.slice(end + 4, end + 4 + length) });
        text = text.slice(end + 4 + length);
      }
      if (replies.length === count) {
        socket.destroy();
        resolve(replies);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(replies));
    socket.write(`${head}\r\n\r\n${body}`.repeat(count));
  });
