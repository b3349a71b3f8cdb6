import { useEffect, useState } from 'react';
import type { LiveTask } from './live-tasks.ts';
import { toState } from './status.tsx';
import { toWords } from './words.ts';

/** How long nothing changes before a screen reader reads it out, in ms. */
const pauseMs = 2_000;

/** How many tasks are in which state. */
export const Summary = ({ tasks }: { readonly tasks: readonly LiveTask[] }) => {
  const groups = [...Map.groupBy(tasks, toState)].sort(([, a], [, b]) => b.length - a.length);
  const counts = groups.map(([state, { length }]) => `${length} ${toWords(state).toLowerCase()}`);
  const text = [`${tasks.length} tasks`, ...counts].join(' · ');
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const timer = setTimeout(setSpoken, pauseMs, text);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <>
      {text}
      <span className="visually-hidden" role="status">
        {spoken}
      </span>
    </>
  );
};
