import { toLabel } from './words.ts';

/** Units that the schema's descriptions name. */
const units: Readonly<Record<string, string>> = {
  avgFps: 'per s',
  bitrate: 'kbit/s',
  blankCheckInterval: 's',
  crashCheckInterval: 's',
  duration: 's',
  fps: 'per s',
  frameRate: 'per s',
  freezeCheckInterval: 's',
  maxRunningTime: 's',
  samplerate: 'Hz',
  startTimeout: 's',
};

/** The fields of any object that have a value, under their own names; objects in it as sections, lists of them as tables. */
export const Fields = ({ of }: { readonly of: object }) => {
  const fields = fieldsOf(of);
  return (
    <>
      <dl>
        {fields
          .filter(([, value]) => !isNested(value))
          .map(([name, value]) => (
            <div key={name}>
              <dt className="quiet">{toLabel(name)}</dt>
              <dd>{toText(name, value)}</dd>
            </div>
          ))}
      </dl>
      {fields
        .filter(([, value]) => isNested(value))
        .map(([name, value]) => (
          <section key={name}>
            <h4>{toLabel(name)}</h4>
            {Array.isArray(value) ? <Rows of={value} /> : <Fields of={value as object} />}
          </section>
        ))}
    </>
  );
};

const Rows = ({ of: rows }: { readonly of: readonly object[] }) =>
  rows.map((row) => (
    <p key={JSON.stringify(row)} className="line">
      {fieldsOf(row).map(([name, value]) => (
        <span key={name}>
          <span className="quiet">{toLabel(name)}</span> {toText(name, value)}
        </span>
      ))}
    </p>
  ));

/** Without what is null or empty. */
const fieldsOf = (of: object): [string, object | string | number | boolean][] =>
  Object.entries(of).filter(([name, value]) => name !== '__typename' && value != null && value.length !== 0);

const isNested = (value: unknown): value is object =>
  typeof value === 'object' && !(Array.isArray(value) && typeof value[0] !== 'object');

const toText = (name: string, value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name.endsWith('At')) return new Date(String(value)).toLocaleString();
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return units[name] ? `${text} ${units[name]}` : text;
};
