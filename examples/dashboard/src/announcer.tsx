import { useEffect, useRef, useState } from 'react';
import type { LiveTasks } from './live-tasks.ts';
import { wordsOf } from './words.ts';

/** How long changes are collected before they are read out together, in ms. */
const pauseMs = 4_000;

/** Reads out to screen readers what tasks have become. Progress is not read out. */
export const Announcer = ({ states }: Pick<LiveTasks, 'states'>) => {
  const [text, setText] = useState('');
  const known = useRef(new Map<string, string>());
  const changed = useRef(new Map<string, string>());

  useEffect(() => {
    for (const state of states) {
      if (!state) continue;
      const { name } = wordsOf(state);
      const previous = known.current.get(state.id);
      known.current.set(state.id, name);
      if (previous !== undefined && previous !== name) changed.current.set(state.id, name);
    }
  }, [states]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (changed.current.size > 0) setText(toSentence(changed.current));
      changed.current.clear();
    }, pauseMs);
    return () => clearInterval(timer);
  }, []);

  return (
    <p className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
};

/** One or two tasks by their ids; of more, how many. */
const toSentence = (changed: ReadonlyMap<string, string>): string => {
  if (changed.size <= 2) return [...changed].map(([id, name]) => `${id}: ${name}.`).join(' ');
  const counts = Map.groupBy(changed.values(), (name) => name);
  return `${[...counts].map(([name, { length }]) => `${name}: ${length} tasks.`).join(' ')}`;
};
