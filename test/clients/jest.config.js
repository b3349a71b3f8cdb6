import base from '../../jest.config.js';

/** The suite of clients: their packages are installed by `npm run test:clients`. One browser at a time. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/clients/*.clients.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
