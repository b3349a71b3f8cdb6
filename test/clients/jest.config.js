import base from '../../jest.config.js';

/** The suite of clients: `npm run test:clients` installs their packages, and writes the project that the tests use. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/clients/*.clients.ts'],
  testTimeout: 180_000,
  maxWorkers: 2,
};
