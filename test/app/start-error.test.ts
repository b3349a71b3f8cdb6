import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/app/config.ts';
import { toStartMessage } from '../../src/app/start-error.ts';

const failToListen = async (options: ListenOptions, metricsPort?: string): Promise<string> => {
  const server = createServer();
  server.listen(options);
  const [error] = await once(server, 'error');
  return toStartMessage(error, metricsPort);
};

describe('a start that fails', () => {
  test('because the port is in use is explained in one line, with what to do', async () => {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address() as { port: number };
    expect(await failToListen({ port, host: '127.0.0.1' })).toBe(
      `Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another.`,
    );
    expect(await failToListen({ port, host: '127.0.0.1' }, `${port}`)).toMatch(/set METRICS_PORT to another/);
    first.close();
  });

  test('because the address belongs to another machine is explained in one line', async () => {
    expect(await failToListen({ port: 0, host: '192.0.2.1' })).toMatch(/^192\.0\.2\.1 is not .*HOST.*$/);
  });

  test('because the host does not exist is explained in one line', async () => {
    expect(await failToListen({ port: 0, host: 'nowhere.invalid' })).toBe(
      'No address is known for the HOST nowhere.invalid.',
    );
  });

  test('because of the configuration names what is invalid, without a stack', () => {
    const message = toStartMessage(new ConfigError(['PORT is odd.']));
    expect(message).toBe('Invalid configuration:\n  - PORT is odd.');
  });

  test('because of an unexpected error comes with the stack', () => {
    const denied = Object.assign(new Error('open'), { code: 'EACCES', syscall: 'open' });
    for (const error of [new Error('unforeseen'), denied]) expect(toStartMessage(error)).toBe(error.stack);
  });
});
