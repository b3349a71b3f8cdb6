import { useSyncExternalStore } from 'react';
import { toDuration } from './words.ts';

/** How long ago something was, such as "3 s ago". Rendered again only when that text changes. */
export const Ago = ({ since }: { readonly since: string }) => {
  const text = useSyncExternalStore(everySecond, () => toDuration(Date.now() - Date.parse(since)));
  return (
    <time dateTime={since} title={new Date(since).toLocaleString()}>
      {text} ago
    </time>
  );
};

/** One timer for all times on the page, so that they change in the same frame. */
const listeners = new Set<() => void>();
setInterval(() => {
  for (const listener of listeners) listener();
}, 1_000);

const everySecond = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
