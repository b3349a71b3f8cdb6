import base from '../../jest.config.js';

/** The suite of the supergraph: real composers and gateways, whose packages this folder installs by itself. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  maxWorkers: 1,
  // Six gateways are composed and started before the first test of one file.
  testTimeout: 180_000,
};
