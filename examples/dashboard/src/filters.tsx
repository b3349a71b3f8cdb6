import { MediaTaskProvider, MediaTaskStatus } from './gql/graphql.ts';
import type { LiveTask } from './live-tasks.ts';
import { changePage, type Page } from './page.ts';
import { toState } from './status.tsx';
import { toWords, vendorNames } from './words.ts';

export const isShown = ({ vendor, status }: Page, task: LiveTask): boolean =>
  (vendor === '' || vendor === task.provider) && (status === '' || status === toState(task));

export const Filters = ({ vendor, status }: Page) => (
  <>
    <label>
      Vendor
      <select value={vendor} onChange={(event) => changePage({ vendor: event.target.value })}>
        <option value="">All</option>
        {Object.values(MediaTaskProvider).map((provider) => (
          <option key={provider} value={provider}>
            {vendorNames[provider]}
          </option>
        ))}
      </select>
    </label>
    <label>
      Status
      <select value={status} onChange={(event) => changePage({ status: event.target.value })}>
        <option value="">All</option>
        {[...Object.values(MediaTaskStatus), 'PROBLEM'].map((state) => (
          <option key={state} value={state}>
            {toWords(state)}
          </option>
        ))}
      </select>
    </label>
  </>
);
