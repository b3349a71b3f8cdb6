import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that has nothing to do: how long it takes to answer is how long this machine makes everybody wait. */

const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{"data":{"mediaTasks":[]}}'));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
