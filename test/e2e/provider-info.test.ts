import { afterEach, expect, it } from '@jest/globals';
import { createJumpingClock } from '../support/jumping-clock.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** What `mediaTaskProviders` tells an operator's page. */

let stack: Stack;

afterEach(() => stack.close());

const query =
  '{ mediaTaskProviders { provider configured quota { calls } breaker callsInLastSecond backlog backlogMs lastSuccessAt } }';

const stateOf = async (provider: string) => {
  const { data } = await stack.ask<{ mediaTaskProviders: { readonly provider: string }[] }>(query);
  return data.mediaTaskProviders.find((info) => info.provider === provider);
};

it('tells how much of the quota is used, how much waits and for how long, and when the vendor last answered', async () => {
  const clock = createJumpingClock();
  stack = await openStack({ clock, variables: { VISIONULAR_ACCESS_KEY: '', VISIONULAR_SECRET_KEY: '' } });
  const idle = { configured: true, breaker: 'CLOSED', callsInLastSecond: 0, backlog: 0, backlogMs: 0 };
  expect(await stateOf('ZEGO')).toMatchObject({ ...idle, lastSuccessAt: null });
  await stack.ask('{ mediaTask(id: "zego:tencent:compose") { status } }');
  const answeredAt = new Date(clock.now()).toISOString();
  expect(await stateOf('ZEGO')).toMatchObject({ ...idle, callsInLastSecond: 1, lastSuccessAt: answeredAt });
  clock.putForward(1_001);
  expect(await stateOf('ZEGO')).toMatchObject({ ...idle, lastSuccessAt: answeredAt });
  expect(await stateOf('VISIONULAR')).toMatchObject({
    configured: false,
    breaker: null,
    callsInLastSecond: null,
    backlog: null,
    backlogMs: null,
    lastSuccessAt: null,
  });
});
