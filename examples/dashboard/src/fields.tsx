import { toWords } from './words.ts';

/** Units that the schema's descriptions name. */
const units: Record<string, string> = {
  bitrate: 'kbit/s',
  duration: 's',
  samplerate: 'Hz',
  maxRunningTime: 's',
};

/** All fields of an object that have a value, under their own names. */
export const Fields = ({ of }: { readonly of: object }) => (
  <dl>
    {Object.entries(of)
      .filter(([name, value]) => name !== '__typename' && value != null && value.length !== 0)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{toWords(name)}</dt>
          {[value].flat().map((each) => (
            <dd key={JSON.stringify(each)}>
              {typeof each === 'object' ? <Fields of={each} /> : toText(name, each)}
            </dd>
          ))}
        </div>
      ))}
  </dl>
);

const toText = (name: string, value: string | number | boolean): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (name.endsWith('At')) return new Date(String(value)).toLocaleString();
  return units[name] ? `${value} ${units[name]}` : String(value);
};
