import base from '../../jest.config.js';

/** The fault suite: real processes, real Redis, faults on purpose. One file at a time: it measures. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.faults.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
