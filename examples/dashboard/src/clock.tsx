import { useSyncExternalStore } from 'react';
import { toDuration } from './words.ts';

/** One timer for all times on the page. */
const listeners = new Set<() => void>();
setInterval(() => {
  for (const listener of listeners) listener();
}, 1_000);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** A text that depends on the time. The component is rendered again only when the text changes. */
export const useTimedText = (toText: (now: number) => string): string =>
  useSyncExternalStore(subscribe, () => toText(Date.now()));

/** How long ago something was, such as "3 s ago". */
export const Ago = ({ since }: { readonly since: string }) => (
  <time dateTime={since} title={new Date(since).toLocaleString()}>
    {useTimedText((now) => `${toDuration(now - Date.parse(since))} ago`)}
  </time>
);

/** When something that failed is tried again. */
export const TriedAgain = ({ at }: { readonly at: number | null }) =>
  useTimedText((now) => {
    if (at === null) return 'Not tried again.';
    return at > now + 500 ? `Tried again in ${toDuration(at - now)}.` : 'Being tried again.';
  });
