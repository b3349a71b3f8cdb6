import assert from 'node:assert/strict';
import { oversizedDocuments, oversizedRequests } from '../../support/oversized.ts';
import { selectEverything } from '../../support/selection.ts';
import type { Attack, Endpoint } from './attack.ts';
import { post } from './honest-client.ts';
import { times } from './sockets.ts';

export type Send = (operation: object) => Promise<string>;

export const senderOf =
  (target: Endpoint, agent: Parameters<Attack['run']>[1]): Send =>
  (operation) =>
    post(target, agent, JSON.stringify(operation), 'attacker');

const expectBadInput = (answers: readonly string[]): void => {
  for (const answer of answers)
    assert.match(answer.slice(0, 300), /"code":"(BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_)/);
};

const colons = `zego${':'.repeat(400_000)}`;
const longText = 'x'.repeat(400_000);
const wholeTask = `... on ZegoMediaTask ${selectEverything('ZegoMediaTask')}`;
const knownId = 'zego:tencent:done-1';

/** Operations, as whoever passes the router may send them. */
export const queryAttacks: readonly Attack[] = [
  {
    name: 'every query that is too large in one respect, ten times each',
    ...{ cpuMs: 4_000, holdUpMs: 200, peakMb: 450, calls: 0 },
    run: async (target, agent) => {
      const send = senderOf(target, agent);
      for (const [, { query, variables }] of [...oversizedDocuments, ...oversizedRequests]) {
        expectBadInput(await Promise.all(times(10, () => send({ query, variables }))));
      }
    },
  },
  {
    name: 'one id of 400,000 colons, 1,200 times in a request',
    ...{ cpuMs: 600, holdUpMs: 200, peakMb: 450, calls: 0 },
    run: async (target, agent) => {
      const list = times(200, () => '$i').join(' ');
      const fields = times(6, (n) => `a${n}: mediaTasks(ids: [${list}]) { id }`);
      const query = `query ($i: ID!) { ${fields.join(' ')} }`;
      expectBadInput([await senderOf(target, agent)({ query, variables: { i: colons } })]);
    },
  },
  {
    name: 'one natural key of 400 kB under 200 aliases',
    ...{ cpuMs: 600, holdUpMs: 200, peakMb: 450, calls: 0 },
    run: async (target, agent) => {
      const fields = times(200, (n) => `a${n}: zegoMediaTask(vendor: TENCENT, taskId: $i) { status }`);
      const query = `query ($i: String!) { ${fields.join(' ')} }`;
      const typed = query.replace('String!', 'ID!');
      const send = senderOf(target, agent);
      const answers = await Promise.all(
        [query, typed].map((each) => send({ query: each, variables: { i: longText } })),
      );
      expectBadInput(answers);
    },
  },
  {
    name: 'bodies of 400 kB of brackets, of names of the prototype, and of lone surrogates',
    ...{ cpuMs: 1_500, holdUpMs: 200, peakMb: 450, calls: 0 },
    run: async (target, agent) => {
      const nested = `{"query":"{__typename}","variables":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`;
      const proto =
        '{"query":"query($r:[_Any!]!){_entities(representations:$r){__typename}}","variables":{"__proto__":{"r":1},"r":[{"__proto__":{"id":"x"},"constructor":{"prototype":{"id":"x"}},"__typename":"__proto__"}]}}';
      const surrogates = JSON.stringify({ query: `{ mediaTask(id: "zego:tencent:\\ud800") { status } }` });
      const bodies = [...times(5, () => nested), proto, surrogates];
      expectBadInput(await Promise.all(bodies.map((body) => post(target, agent, body, 'attacker'))));
    },
  },
  {
    name: 'an operationName, extensions and an Accept header of great length',
    ...{ cpuMs: 600, holdUpMs: 200, peakMb: 450, calls: 0 },
    run: async (target, agent) => {
      const query = '{ __typename }';
      const hash = 'a'.repeat(64);
      const operations = [
        { query, operationName: longText },
        { query, extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
        { extensions: { persistedQuery: { version: 1, sha256Hash: longText } } },
        { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: { toString: 1 } } } },
      ];
      const answers = await Promise.all(operations.map((operation) => senderOf(target, agent)(operation)));
      for (const answer of answers) assert.match(answer, /"errors":/);
      const accept = 'application/json;q=0.1,'.repeat(500);
      await post(target, agent, JSON.stringify({ query: '{ nonsense' }), 'attacker', { accept });
    },
  },
  {
    name: '20 answers at once of one known task a thousand times with every field',
    ...{ cpuMs: 5_000, holdUpMs: 200, peakMb: 500, calls: 0 },
    run: async (target, agent) => {
      const ids = times(200, () => knownId);
      const fields = times(5, (n) => `a${n}: mediaTasks(ids: $ids) { id status ${wholeTask} }`);
      const operation = { query: `query ($ids: [ID!]!) { ${fields.join(' ')} }`, variables: { ids } };
      const answers = await Promise.all(times(20, () => senderOf(target, agent)(operation)));
      for (const answer of answers) {
        assert.ok(answer.length > 100_000 && answer.length < 8_000_200);
        assert.match(answer, /^\{"data":/);
      }
    },
  },
];
