import base from '../../jest.config.js';

/** The attack suite. What is bounded is CPU time and memory of other processes, so files may run beside each other. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/attacks/**/*.attacks.ts'],
  testTimeout: 120_000,
  maxWorkers: 2,
};
