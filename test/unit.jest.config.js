import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from '../jest.config.js';

/** Files that run the whole program, the sandbox, a process, a browser or Redis are left to `npm test`. */
const wholeProgram =
  /support\/(stack|process|redis|all-fields|chromium)\.ts'|child_process'|\/vendor-suite\.ts'|\/plain-sandbox\.ts'/;

const root = join(import.meta.dirname, '..');
const others = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => wholeProgram.test(readFileSync(join(root, 'test', path), 'utf8')))
  .map((path) => `<rootDir>/test/${path.replaceAll('.', '\\.')}$`);

export default { ...base, rootDir: '..', testPathIgnorePatterns: ['/node_modules/', ...others] };
