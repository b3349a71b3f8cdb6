import type { LiveTasks, TaskRef } from './live-tasks.ts';
import type { PageState, SetPageState } from './page-state.ts';
import { statuses, vendorNames } from './words.ts';

/** Beside the statuses, since a task with a problem has none. */
const withProblem = 'PROBLEM';

export const isShown = (
  { vendor, status }: PageState,
  { provider }: TaskRef,
  state: LiveTasks['states'][number],
): boolean => {
  if (vendor !== '' && vendor !== provider) return false;
  return status === '' || status === (state?.problem ? withProblem : state?.status);
};

const vendorOptions = [['', 'All'], ...Object.entries(vendorNames)];
const statusOptions = [
  ['', 'All'],
  ...Object.entries(statuses).map(([value, { name }]) => [value, name]),
  [withProblem, 'With a problem'],
];

interface Props {
  readonly page: PageState;
  readonly onChange: SetPageState;
}

export const Filters = ({ page, onChange }: Props) => (
  <>
    <Choice
      name="Vendor"
      options={vendorOptions}
      value={page.vendor}
      onChange={(vendor) => onChange({ vendor })}
    />
    <Choice
      name="Status"
      options={statusOptions}
      value={page.status}
      onChange={(status) => onChange({ status })}
    />
  </>
);

interface ChoiceProps {
  readonly name: string;
  readonly options: readonly (readonly string[])[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const Choice = ({ name, options, value, onChange }: ChoiceProps) => (
  <label className="quiet">
    {name}
    <select value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
