import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An instruction of a Dockerfile, such as `RUN` and `npm ci`. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The stages of a Dockerfile in order, by their names; the last is `''` if it has none. */
export const readStages = (path: string): ReadonlyMap<string, readonly Instruction[]> => {
  const stages = new Map<string, Instruction[]>();
  let current: Instruction[] = [];
  const lines = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [, name = '', text = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      current = [];
      stages.set(/ AS (\w+)$/.exec(text)?.[1] ?? '', current);
    }
    current.push({ name, text });
  }
  return stages;
};

export interface AssembleOptions {
  /** Where each stage gets a folder: its root. */
  readonly directory: string;
  /** What is sent to the engine as `.`. */
  readonly context: string;
  /** Carries out a command instead of the shell, if it returns true. */
  readonly replace?: (command: string, workingDirectory: string) => boolean;
}

/**
 * Does what `COPY`, `RUN` and `WORKDIR` of a Dockerfile say, each stage in a folder of its own.
 * @returns for each stage, the folder that it works in
 */
export const assemble = (dockerfile: string, options: AssembleOptions): ReadonlyMap<string, string> => {
  const { directory, context, replace } = options;
  const workingDirectories = new Map<string, string>();
  for (const [stage, instructions] of readStages(dockerfile)) {
    const rootOf = (name: string) => join(directory, name || 'final');
    let workingDirectory = rootOf(stage);
    for (const { name, text } of instructions) {
      if (name === 'WORKDIR') workingDirectory = join(rootOf(stage), text);
      mkdirSync(workingDirectory, { recursive: true });
      if (name === 'RUN' && !replace?.(text, workingDirectory))
        execFileSync('sh', ['-euc', text], { cwd: workingDirectory, stdio: 'pipe' });
      if (name === 'COPY') copy(text, { context, rootOf, workingDirectory });
    }
    workingDirectories.set(stage, workingDirectory);
  }
  return workingDirectories;
};

interface CopyPlaces {
  readonly context: string;
  readonly rootOf: (stage: string) => string;
  readonly workingDirectory: string;
}

const copy = (text: string, { context, rootOf, workingDirectory }: CopyPlaces): void => {
  const [, from] = /^--from=(\w+) /.exec(text) ?? [];
  const paths = text.replace(/^--from=\w+ /, '').split(' ');
  const target = paths.pop() ?? '';
  for (const path of paths) {
    // A folder's content is copied, a file is copied into a target that ends in "/".
    const into = target.endsWith('/') && /\.\w+$/.test(path) ? join(target, path) : target;
    const destination = join(workingDirectory, into);
    mkdirSync(dirname(destination), { recursive: true });
    const source = join(from === undefined ? context : rootOf(from), path);
    cpSync(source, destination, { recursive: true, verbatimSymlinks: true });
  }
};
