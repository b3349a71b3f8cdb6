import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from './jest.config.js';

/** The parts of the program by themselves; what runs all of it, a process, a browser or Redis is left to `npm test`. */
const wholeProgram = /support\/(stack|process|redis|all-fields)\.ts'|graphiql\/browser\.ts'|child_process'/;

const root = import.meta.dirname;
const others = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => wholeProgram.test(readFileSync(join(root, 'test', path), 'utf8')))
  .map((path) => `<rootDir>/test/${path.replaceAll('.', '\\.')}$`);

export default { ...base, testPathIgnorePatterns: ['/node_modules/', ...others] };
