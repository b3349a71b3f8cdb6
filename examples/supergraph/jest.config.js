import base from '../../jest.config.js';

/** The suite of the supergraph: real composers and gateways, whose packages this folder installs by itself. */
export default { ...base, testMatch: ['<rootDir>/test/**/*.test.ts'], maxWorkers: 1 };
