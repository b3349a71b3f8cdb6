import { expect, test } from '@jest/globals';
import { execute, parse } from 'graphql';
import { createContext } from '../../src/graphql/context.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { providers } from '../../src/providers/index.ts';
import { createFollowers } from '../../src/subscriptions/followers.ts';
import { refOf } from '../lookup/builders.ts';
import { deadlineMs, openAccount } from '../lookup/open-account.ts';

const document = parse(
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on MediaTask { id status } } }',
);

test('References to tasks that are known are resolved at once, without a promise', async () => {
  const { lookup, clock } = openAccount();
  const followers = createFollowers(lookup, clock);
  const sources = { lookup, jobs: new Map(), followers, clock, deadlineMs };
  const limits = { maxIdsPerQuery: 1, maxRepresentations: 2 };
  const schema = createSchema({ providers, describeProviders: () => [], ...limits });
  const { id } = refOf('known');
  const loaded = createContext(sources).load(refOf('known'));
  await clock.advance(100);
  await loaded;
  const representations = [
    { __typename: 'ZegoMediaTask', id },
    { __typename: 'MediaTask', id },
  ];
  const contextValue = createContext(sources);
  expect(execute({ schema, document, contextValue, variableValues: { representations } })).toEqual({
    data: {
      _entities: [
        { id, status: 'RUNNING' },
        { id, status: 'RUNNING' },
      ],
    },
  });
});
