import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';

/** The input of a composer for one subgraph. */
export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** A composer's result for a set of subgraphs. */
export interface Composition {
  readonly errors: readonly string[];
  /** Warnings. */
  readonly hints: readonly string[];
  /** The supergraph for its gateways; undefined when there are errors. */
  readonly supergraph: string | undefined;
}

/** Composes subgraphs into a supergraph for a gateway. */
export type Compose = (subgraphs: readonly Subgraph[]) => Promise<Composition>;

const toDefinition = ({ name, url, sdl }: Subgraph) => ({ name, url, typeDefs: parse(sdl) });

/** Apollo's, which rover and GraphOS run. */
const apollo: Compose = async (subgraphs) => {
  const { errors = [], hints = [], supergraphSdl } = composeByApollo(subgraphs.map(toDefinition));
  return {
    errors: errors.map(({ message }) => message),
    hints: hints.map((hint) => hint.toString()),
    supergraph: supergraphSdl,
  };
};

/** The Guild's, which Hive's registry and command line run. It has no hints. */
const hive: Compose = async (subgraphs) => {
  const { errors = [], supergraphSdl } = composeByGuild(subgraphs.map(toDefinition));
  return { errors: errors.map(({ message }) => message), hints: [], supergraph: supergraphSdl };
};

/** Cosmo's, by its command line: unlike the two above, it creates its router's configuration instead of SDL. */
const cosmo: Compose = async (subgraphs) => {
  const directory = await mkdtemp(join(tmpdir(), 'cosmo-'));
  try {
    for (const { name, sdl } of subgraphs) await writeFile(join(directory, `${name}.graphql`), sdl);
    await writeFile(join(directory, 'graph.yaml'), toCosmoGraph(subgraphs));
    const { failed, output } = await runWgc(directory);
    if (failed) return { errors: output, hints: [], supergraph: undefined };
    return { errors: [], hints: output, supergraph: await readFile(join(directory, 'router.json'), 'utf8') };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

export const composers = { apollo, hive, cosmo };

/** In JSON, which is YAML, too. */
const toCosmoGraph = (subgraphs: readonly Subgraph[]): string =>
  JSON.stringify({
    version: 1,
    subgraphs: subgraphs.map(({ name, url }) => ({
      name,
      routing_url: url,
      schema: { file: `${name}.graphql` },
    })),
  });

/** The output of wgc without errors and warnings. */
const isContent = /^Router config successfully written to /;

/** These disable its telemetry and its check for updates. */
const wgcSettings = { COSMO_TELEMETRY_DISABLED: 'true', DISABLE_UPDATE_CHECK: 'true', NO_COLOR: '1' };

const runWgc = (
  directory: string,
): Promise<{ readonly failed: boolean; readonly output: readonly string[] }> =>
  new Promise((resolve) => {
    const wgc = createRequire(import.meta.url).resolve('wgc');
    execFile(
      process.execPath,
      [wgc, 'router', 'compose', '--input', 'graph.yaml', '--out', 'router.json'],
      { cwd: directory, env: { ...process.env, ...wgcSettings } },
      (error, stdout, stderr) => {
        const lines = `${stdout}${stderr}`.split('\n');
        resolve({
          failed: error !== null,
          output: lines.filter((line) => line.trim() !== '' && !isContent.test(line)),
        });
      },
    );
  });
