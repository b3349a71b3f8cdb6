import assert from 'node:assert/strict';
import { once } from 'node:events';
import { until } from '../../faults/support/time.ts';
import type { Attack } from './attack.ts';
import { subscription } from './connections.ts';
import { senderOf } from './queries.ts';
import { openSocket, sleep, times } from './sockets.ts';

/** Attacks on the vendors' quotas. What they queue is called for long after them, so they come last. */
export const quotaAttacks: readonly Attack[] = [
  {
    name: '100 subscriptions on each of 20 sockets, to 200 ids each',
    ...{ cpuMs: 10_000, holdUpMs: 200, peakMb: 650, calls: 30, callsPerSecond: 30 },
    run: async (target) => {
      const opened = await Promise.all(times(20, () => openSocket(target, target.callerHeaders('watcher'))));
      const acknowledged = opened.map(({ socket }) => once(socket, 'message'));
      for (const { socket } of opened) socket.send('{"type":"connection_init"}');
      await Promise.all(acknowledged);
      let refused = 0;
      for (const [n, { socket }] of opened.entries()) {
        socket.on('message', (data) => {
          if (String(data).includes('"BAD_USER_INPUT"')) refused += 1;
        });
        for (let id = 0; id < 100; id += 1) {
          const ids = times(200, (m) => `zego:tencent:load-${n * 20_000 + id * 200 + m}`);
          socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: subscription(ids) }));
        }
      }
      // A process follows 10,000 tasks.
      await until(() => refused >= 2_000 - 50, { withinMs: 60_000, what: 'the refusals' });
      assert.ok(refused < 2_000);
      await sleep(1_500);
      for (const { socket } of opened) socket.terminate();
    },
  },
  {
    name: '25,000 distinct ids, beside an honest client',
    ...{ cpuMs: 8_000, holdUpMs: 200, peakMb: 650, calls: 30, callsPerSecond: 30 },
    run: async (target, agent) => {
      const send = senderOf(target, agent);
      const query = 'query ($ids: [ID!]!) { mediaTasks(ids: $ids) { id problem { code } } }';
      const ask = async (first: number): Promise<void> => {
        const ids = times(200, (n) => `zego:tencent:unknown-${first + n}`);
        assert.doesNotMatch(await send({ query, variables: { ids } }), /"errors"/);
      };
      for (let first = 0; first < 25_000; first += 5_000) {
        await Promise.all(times(25, (n) => ask(first + n * 200)));
      }
    },
  },
];
