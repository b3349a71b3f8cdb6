import base from '../../jest.config.js';

/** The suite of `npm run new:provider`: it copies the tree and runs lint, types, codegen and tests in the copy. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/scaffold/**/*.scaffold.ts'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
