import { describe, expect, test } from '@jest/globals';
import { describeAnswers } from './answers.ts';
import type { Harness } from './harness.ts';
import { describeMalformedReplies } from './malformed-replies.ts';
import { describeRefusals } from './refusals.ts';
import { describeRequests } from './requests.ts';
import { describeSchemaAgreement } from './schema-agreement.ts';
import { describeSecrets } from './secrets.ts';
import { useSession } from './session.ts';
import { describeSettings } from './settings.ts';
import { findTodos } from './todos.ts';
import { describeTransportFaults } from './transport-faults.ts';

/**
 * The provider contract (src/domain/provider.ts), as tests. Every provider runs it against a local HTTP server that
 * plays its vendor; the harness describes the vendor's replies and their meaning. For a provider with
 * something left to do, that is the only test.
 */
export const describeConformance = (harness: Harness): void => {
  const todos = findTodos(harness.provider.name);
  if (todos.length > 0) {
    test(`${harness.title} is finished: it is tested once nothing is left to do`, () => {
      expect(todos.map(({ where, what }) => `${where}: ${what}`)).toEqual([]);
    });
    return;
  }
  describe(`${harness.title} keeps the provider contract`, () => {
    const session = useSession(harness);
    describeSchemaAgreement(harness);
    describeSettings(harness, session);
    describeRequests(harness, session);
    describeAnswers(harness, session);
    describeRefusals(harness, session);
    describeTransportFaults(harness, session);
    describeMalformedReplies(harness, session);
    describeSecrets(harness, session);
  });
};

/** The part of the contract about requests, for another way to sign of a provider that is already tested. */
export const describeRequestConformance = (harness: Harness): void => {
  describe(`${harness.title} keeps the provider contract in its requests`, () => {
    const session = useSession(harness);
    describeSettings(harness, session);
    describeRequests(harness, session);
    describeSecrets(harness, session);
  });
};
