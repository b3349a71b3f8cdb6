import { describe, expect, it } from '@jest/globals';
import { mergeSdl } from '../../../src/graphql/merge-sdl.ts';
import { readSdl } from '../../../src/graphql/schema.ts';
import { type Compose, composers, type Subgraph } from '../compose.ts';
import { readSiblingSdl } from '../subgraphs/serve.ts';

/** The SDL that `npm run sdl` prints and the subgraphs of examples/supergraph, with the three common composers. */

const toSubgraph = (name: string, sdl: string): Subgraph => ({
  name,
  url: `http://${name}.example/graphql`,
  sdl,
});

const tasks = toSubgraph('tasks', mergeSdl(readSdl()));
const notes = toSubgraph('notes', readSiblingSdl('notes'));
const bookings = toSubgraph('bookings', readSiblingSdl('bookings'));

describe.each(Object.entries<Compose>(composers))('the composer of %s', (_name, compose) => {
  it('has neither an error nor a hint for the task subgraph alone', async () => {
    const { errors, hints, supergraph } = await compose([tasks]);
    expect([errors, hints]).toEqual([[], []]);
    expect(supergraph).toContain('AliyunTranscodeTask');
  });

  it('has neither for all three subgraphs, in whatever order they come', async () => {
    for (const subgraphs of [
      [tasks, notes, bookings],
      [bookings, notes, tasks],
    ]) {
      const { errors, hints, supergraph } = await compose(subgraphs);
      expect([errors, hints]).toEqual([[], []]);
      expect(supergraph).toContain('BookedTask');
    }
  });

  it('has a hint where one is due', async () => {
    const wrong = toSubgraph('wrong', notes.sdl.replace('note: String', 'note: Strin'));
    const { errors, supergraph } = await compose([tasks, wrong]);
    expect(errors.join('\n')).toContain('Strin');
    expect(supergraph).toBeUndefined();
  });
});

it('a hint is in the result', async () => {
  const talkative = toSubgraph(
    'notes',
    notes.sdl.replace('type MediaTask', '"Something else."\ntype MediaTask'),
  );
  const { errors, hints } = await composers.apollo([tasks, talkative]);
  expect([errors, hints]).toEqual([[], [expect.stringContaining('INCONSISTENT_DESCRIPTION')]]);
});
