import base from '../../jest.config.js';

/** The dashboard in a real browser, with the sandbox as the vendors. */
export default { ...base, testMatch: ['<rootDir>/test/**/*.test.ts'], maxWorkers: 2 };
