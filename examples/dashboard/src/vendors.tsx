import { useQuery } from '@apollo/client/react';
import { ProvidersDocument, type ProvidersQuery } from './gql/graphql.ts';
import { Ago } from './times.tsx';
import { toDuration, vendorNames } from './words.ts';

/** How each vendor's account stands. The server knows it without asking, so this costs no call. */
export const Vendors = () => {
  const { data } = useQuery(ProvidersDocument, { pollInterval: 2_000 });
  return (
    <ul className="vendors" aria-label="Vendors">
      {data?.mediaTaskProviders.map((vendor) => (
        <Vendor key={vendor.provider} {...vendor} />
      ))}
    </ul>
  );
};

const health = {
  CLOSED: 'Reachable',
  HALF_OPEN: 'Failing, tried',
  OPEN: 'Failing, paused',
  NONE: 'No credentials',
};

const Vendor = (vendor: ProvidersQuery['mediaTaskProviders'][number]) => {
  const { configured, breaker, quota, backlog, backlogMs, lastSuccessAt } = vendor;
  const state = configured ? (breaker ?? 'CLOSED') : 'NONE';
  const perSecond = Math.round((quota.calls / quota.perMs) * 1_000);
  const calls = vendor.callsInLastSecond ?? 0;
  return (
    <li>
      <strong>{vendorNames[vendor.provider]}</strong>
      <span className="badge" data-state={state}>
        {health[state]}
      </span>
      <meter max={perSecond} high={perSecond * 0.8} value={calls} aria-label="Quota in use" />
      <small>
        {calls} of {perSecond} calls/s
        {(backlogMs ?? 0) >= 1_000 && `, ${backlog} waiting (${toDuration(backlogMs ?? 0)})`}
      </small>
      <small>
        {lastSuccessAt ? 'answered ' : 'not asked yet'}
        {lastSuccessAt && <Ago since={lastSuccessAt} />}
      </small>
    </li>
  );
};
