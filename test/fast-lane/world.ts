import { createGraphSources } from '../../src/app/graph-sources.ts';
import type { Content } from '../../src/domain/answer.ts';
import { LookupError } from '../../src/domain/errors.ts';
import type { ProviderName } from '../../src/domain/task.ts';
import type { Exchange, Subject, Want } from '../../src/exchange/exchange.ts';
import type { Sources } from '../../src/graphql/context.ts';
import { providers } from '../../src/providers/index.ts';
import { createFakeExchange, deadlineMs, type FakeExchange } from '../lookup/fake-exchange.ts';
import type { FakeClock } from '../support/fake-clock.ts';

/** A provider without credentials. */
export const unconfigured: ProviderName = 'volcengine-whiteboard';

/** Lookups over vendors whose answers the test sets: what one server knows. */
export interface World {
  readonly sources: Sources;
  /** What is answered from now on, when it is asked for. Null: the vendor knows no such task. */
  set(subject: Subject, content: Content | null): void;
  /** What is set is also pushed, as if somebody else had asked. */
  push(subject: Subject): void;
  setDown(provider: ProviderName, isDown: boolean): void;
  /** What has been asked of the owners, without who asked, since the last call. */
  takeWants(): readonly object[];
}

export const createWorld = (clock: FakeClock): World => {
  const contents = new Map<string, Content | null>();
  const down = new Set<ProviderName>();
  const exchanges = new Map<ProviderName, FakeExchange>();
  const providerOf = new Map<string, ProviderName>();
  const wants: object[] = [];

  const answer = (exchange: FakeExchange, provider: ProviderName, { typename, id }: Subject): void => {
    const now = clock.elapsed();
    if (down.has(provider))
      exchange.fail({ typename, id }, new LookupError('UNAVAILABLE', 'It is down.'), 3_000);
    else
      exchange.answer(
        { typename, id },
        { content: contents.get(id) ?? null, fetchedAt: now, checkedAt: now },
      );
  };

  for (const { name, typename, jobKind } of providers) {
    providerOf.set(typename, name);
    if (jobKind) providerOf.set(jobKind.typename, name);
    if (name === unconfigured) continue;
    const exchange = createFakeExchange();
    const want = ({ caller: _, ...others }: Want): void => {
      wants.push(others);
      // A renewal is answered when it falls due: at once if somebody waits for it.
      if (others.patienceMs > 0 || others.dueInMs === 0) setImmediate(() => answer(exchange, name, others));
      else void clock.sleep(others.dueInMs).then(() => answer(exchange, name, others));
    };
    exchanges.set(name, Object.assign(exchange, { want }));
  }

  const quota = { calls: 10, perMs: 1_000 };
  const sources = createGraphSources({
    providers: providers.map((provider) => ({ provider, quota })),
    exchanges: exchanges as ReadonlyMap<ProviderName, Exchange>,
    clock,
    deadlineMs,
    emit: () => {},
  });
  return {
    sources,
    set: ({ id }, content) => contents.set(id, content),
    push: (subject) => {
      const name = providerOf.get(subject.typename);
      const exchange = name && exchanges.get(name);
      if (name && exchange) answer(exchange, name, subject);
    },
    setDown: (provider, isDown) => {
      if (isDown) down.add(provider);
      else down.delete(provider);
    },
    takeWants: () => wants.splice(0),
  };
};
