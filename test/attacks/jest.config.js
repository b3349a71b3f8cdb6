import base from '../../jest.config.js';

/** The attack suite: what is bounded is measured in CPU time and memory, one file at a time. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/attacks/**/*.attacks.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
