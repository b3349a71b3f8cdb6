import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import type { Found } from '../../src/fast-lane/plan.ts';
import { createRenderings, type RenderedSelection } from '../../src/fast-lane/renderings.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';
import { taskOf } from '../subscriptions/scripted-lookup.ts';

const limits = { maxIdsPerQuery: 200, maxRepresentations: 1_000 };
const schema = createSchema({ ...limits, providers, describeProviders: () => [] });

const selection: RenderedSelection = {
  key: 'selection',
  document: parse('{ ZegoMediaTask { id vendorStatus nextPollAfterMs stale } }'),
  variables: {},
};

const foundOf = (taskId: string, fields: Parameters<typeof taskOf>[2] = {}): Found => {
  const shown = taskOf(taskId, 'RUNNING', fields);
  return {
    typename: 'ZegoMediaTask',
    shown,
    outcome: 'OK',
    freshUntil: 0,
    isNewest: true,
    take: () => shown,
  };
};

const open = (maxBytes = 100_000) => createRenderings(schema, ['ZegoMediaTask'], maxBytes);

describe('renderings', () => {
  it('are the JSON of each object, in parts between which its next poll belongs', () => {
    const found = [foundOf('1', { vendorStatus: 'é "漢"' }), foundOf('2', { nextPollAfterMs: null })];
    const [first, second] = open().of(selection, found) ?? [];
    const texts = first?.parts.map((part) => Buffer.from(part, 'latin1').toString());
    expect(texts).toEqual([
      '{"id":"zego:tencent:1","vendorStatus":"é \\"漢\\"","nextPollAfterMs":',
      ',"stale":false}',
    ]);
    expect(JSON.parse(second?.parts.join('') ?? '')).toEqual({
      id: 'zego:tencent:2',
      vendorStatus: 'RUNNING',
      nextPollAfterMs: null,
      stale: false,
    });
  });

  it('are made once for each object', () => {
    const renderings = open();
    const found = [foundOf('1')];
    expect(renderings.of(selection, found)?.[0]).toBe(
      renderings.of(selection, [...found, foundOf('2')])?.[0],
    );
  });

  it('are not given when an object does not fit the schema', () => {
    const broken = foundOf('1', { nextPollAfterMs: 2 ** 40 });
    expect(open().of(selection, [foundOf('2'), broken])).toBeUndefined();
  });

  it('stay below the limit: those that are not used are dropped, those that are used are kept', () => {
    const renderings = open(10_000);
    const [used, unused] = [[foundOf('used')], [foundOf('unused')]];
    const first = renderings.of(selection, used)?.[0];
    const dropped = renderings.of(selection, unused)?.[0];
    // 500 of some 300 bytes each.
    for (let n = 0; n < 500; n += 1) {
      renderings.of(selection, [foundOf(String(n))]);
      renderings.of(selection, used);
    }
    expect(renderings.of(selection, used)?.[0]).toBe(first);
    expect(renderings.of(selection, unused)?.[0]).not.toBe(dropped);
  });
});
