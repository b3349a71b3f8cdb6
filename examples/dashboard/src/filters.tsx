import { MediaTaskStatus } from './gql/graphql.ts';
import type { LiveTask } from './live-tasks.ts';
import { changePage, type Page } from './page.ts';
import { toState } from './status.tsx';
import { toWords, vendorNames } from './words.ts';

const states = [...Object.values(MediaTaskStatus), 'PROBLEM'];
const names = {
  vendor: vendorNames,
  status: Object.fromEntries(states.map((state) => [state, toWords(state)])),
};

export const isShown = ({ vendor, status }: Page, task: LiveTask): boolean =>
  (vendor === '' || vendor === task.provider) && (status === '' || status === toState(task));

/** A choice of what the table shows. */
export const Filter = ({ of, page }: { readonly of: 'vendor' | 'status'; readonly page: Page }) => (
  <label>
    {toWords(of)}
    <select value={page[of]} onChange={(event) => changePage({ [of]: event.target.value })}>
      <option value="">All</option>
      {Object.entries(names[of]).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
