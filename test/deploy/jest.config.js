import base from '../../jest.config.js';

/** The suite of the image: it assembles the files of the Dockerfile and runs them as another user. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deploy/*.image.ts'],
  testTimeout: 120_000,
};
