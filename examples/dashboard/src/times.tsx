import { useMemo, useSyncExternalStore } from 'react';
import { toDuration } from './words.ts';

/** How long ago something was, such as "3 s ago". Rendered again only when that text changes. */
export const Ago = ({ since }: { readonly since: string }) => (
  <time dateTime={since} title={new Date(since).toLocaleString()}>
    {useEverySecond(() => toDuration(Date.now() - Date.parse(since)))} ago
  </time>
);

/** In how long a task is asked for again, counted down from when the page came to know it: "again in 3 s". */
export const Again = ({ ms }: { readonly ms: number }) => {
  const at = useMemo(() => Date.now() + ms, [ms]);
  return <>again in {useEverySecond(() => toDuration(at - Date.now()))}</>;
};

/** One timer for all times on the page, so that they change in the same frame. */
const listeners = new Set<() => void>();
setInterval(() => {
  for (const listener of listeners) listener();
}, 1_000);

const useEverySecond = (read: () => string): string => useSyncExternalStore(subscribe, read);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
