import { expect, it } from '@jest/globals';
import { createLimits } from '../../src/graphql/limits.ts';

it.each([
  [200, 1_000],
  [10_000, 1],
  [1, 10_000],
])(
  '%d ids, or %d references, as long as vendors document, and a document fit into a body',
  (ids, references) => {
    const limits = createLimits({ maxIdsPerQuery: ids, maxRepresentations: references });
    const query = 'x'.repeat(limits.characters / 2);
    const id = `volcengine-webcast:${'a'.repeat(24)}:${'r'.repeat(128)}:${'t'.repeat(128)}`;
    const bodies = [
      { query, variables: { ids: Array(ids).fill(id) } },
      { query, variables: { representations: Array(references).fill({ __typename: 'WebCastTask', id }) } },
    ];
    for (const body of bodies) expect(JSON.stringify(body).length).toBeLessThan(limits.bodyBytes);
  },
);
