import { useMemo, useSyncExternalStore } from 'react';

/** What the page shows. All of it is in the address after the #, so that a link shows others the same. */
export interface Page {
  readonly tasks: readonly string[];
  /** Values of the filters; empty: all. */
  readonly vendor: string;
  readonly status: string;
  /** The id of the task that is open; empty: none. */
  readonly open: string;
}

export const usePage = (): Page => {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => parse(hash), [hash]);
};

/** The browser's "back" undoes it. */
export const changePage = (change: Partial<Page>): void => {
  const { tasks, ...others } = { ...parse(location.hash), ...change };
  const fields = Object.entries(others).filter(([, value]) => value !== '');
  location.hash = String(new URLSearchParams([['tasks', [...new Set(tasks)].join(',')], ...fields]));
};

export const addTasks = (ids: readonly string[]): void =>
  changePage({ tasks: [...ids, ...parse(location.hash).tasks] });

export const removeTask = (id: string): void =>
  changePage({ tasks: parse(location.hash).tasks.filter((other) => other !== id) });

const parse = (hash: string): Page => {
  const fields = new URLSearchParams(hash.slice(1));
  const read = (name: string): string => fields.get(name) ?? '';
  const tasks = read('tasks').split(',').filter(Boolean);
  return { tasks, vendor: read('vendor'), status: read('status'), open: read('open') };
};

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};
