import { useQuery } from '@apollo/client/react';
import { Ago } from './clock.tsx';
import type { AskProvidersQuery } from './gql/graphql.ts';
import { askProviders } from './operations.ts';
import { Sign } from './task-parts.tsx';
import { breakers, notConfigured, toDuration, vendorNames } from './words.ts';

/** How each vendor's account stands. The server knows it without asking, so this costs no call. */
export const Vendors = () => {
  const { data } = useQuery(askProviders, { pollInterval: 2_000 });
  return (
    <ul className="vendors" aria-label="Vendors">
      {data?.mediaTaskProviders.map((provider) => (
        <Vendor key={provider.provider} {...provider} />
      ))}
    </ul>
  );
};

const Vendor = (vendor: AskProvidersQuery['mediaTaskProviders'][number]) => {
  const { configured, breaker, quota, callsInLastSecond, backlog, backlogMs, lastSuccessAt } = vendor;
  const isBehind = backlogMs !== null && backlogMs >= 1_000;
  const perSecond = Math.round((quota.calls / quota.perMs) * 1_000);
  return (
    <li>
      <strong>{vendorNames[vendor.provider]}</strong>
      <Sign words={configured ? breakers[breaker ?? 'CLOSED'] : notConfigured} />
      <span className="quiet">
        {callsInLastSecond ?? '–'} of {perSecond} calls/s
      </span>
      <span className="quiet">
        {isBehind ? `${backlog} waiting, ${toDuration(backlogMs)}` : lastSuccessAt && 'answered '}
        {!isBehind && lastSuccessAt && <Ago since={lastSuccessAt} />}
      </span>
    </li>
  );
};
