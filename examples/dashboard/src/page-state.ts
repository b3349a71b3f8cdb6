import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { sampleIds } from './sample-ids.ts';

/** What the page shows. All of it is in the address, so a link shows others the same. */
export interface PageState {
  readonly tasks: readonly string[];
  /** Values of the filters; empty: all. */
  readonly vendor: string;
  readonly status: string;
  /** The id of the task in the pane beside the table; empty: none. */
  readonly open: string;
}

/** The filters replace the entry of the browser's history; "back" undoes what opens a task or changes the list. */
export type SetPageState = (change: Partial<PageState>) => void;

export const usePageState = (): [PageState, SetPageState] => {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const state = useMemo(() => toPageState(hash), [hash]);
  const setState = useCallback<SetPageState>((change) => {
    const next = toHash({ ...toPageState(location.hash), ...change });
    if (next === location.hash) return;
    if ('open' in change || 'tasks' in change) history.pushState(null, '', next);
    else history.replaceState(null, '', next);
    // The browser tells only of changes that it makes itself.
    dispatchEvent(new HashChangeEvent('hashchange'));
  }, []);
  return [state, setState];
};

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

/*
 * After the #, which no server gets: ids need not be in its log, and the address may be as long as it likes. The parts of
 * an id are percent-encoded, so it contains none of the separators.
 */

const toPageState = (hash: string): PageState => {
  const values = new Map(
    hash
      .slice(1)
      .split('&')
      .map((field): [string, string] => {
        const [name = '', value = ''] = field.split('=');
        return [name, value];
      }),
  );
  const tasks = values.get('tasks')?.split(',').filter(Boolean) ?? sampleIds;
  const { vendor = '', status = '', open = '' } = Object.fromEntries(values);
  return { tasks: [...new Set(tasks)], vendor, status, open };
};

const toHash = ({ tasks, ...others }: PageState): string => {
  const fields = [['tasks', tasks.join(',')], ...Object.entries(others).filter(([, value]) => value !== '')];
  return `#${fields.map((field) => field.join('=')).join('&')}`;
};
