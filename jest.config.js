/** Tests run as native ES modules; swc only strips the types, tsc checks them. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Jest's own default leaves one core idle, which is half of two.
  maxWorkers: '100%',
  // It only ends what hangs: a busy machine is far slower than a quiet one.
  testTimeout: 60_000,
};
