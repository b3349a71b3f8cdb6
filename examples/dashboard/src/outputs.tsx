import { useState } from 'react';
import type { TaskRowFragment } from './gql/graphql.ts';
import { toSize } from './words.ts';

type Output = NonNullable<TaskRowFragment['outputs']>[number];

/** What a task has produced: pictures as thumbnails, other files by their format, each with its address. */
export const Outputs = ({ outputs }: { readonly outputs: readonly Output[] }) => (
  <ul className="outputs">
    {outputs.map((output) => (
      <li key={output.url ?? output.objectKey}>
        <OutputLink output={output} />
      </li>
    ))}
  </ul>
);

const OutputLink = ({ output }: { readonly output: Output }) => {
  const name = nameOf(output);
  const address = toWebAddress(output.url);
  const content =
    output.kind === 'IMAGE' ? <Thumbnail address={address} name={name} /> : <File output={output} />;
  // Without an address, the vendor only names an object in its storage.
  if (!address) return <span title={name}>{content}</span>;
  return (
    <a href={address} title={name} target="_blank" rel="noreferrer">
      {content}
    </a>
  );
};

const File = ({ output: { kind, format, height, sizeBytes } }: { readonly output: Output }) => (
  <>
    {format ?? kind.toLowerCase()}
    {height && ` ${height}p`}
    {sizeBytes && `, ${toSize(sizeBytes)}`}
  </>
);

/** A picture without an address, or that cannot be loaded, is an empty frame. Pages on https load no others. */
const Thumbnail = ({ address, name }: { readonly address: string | undefined; readonly name: string }) => {
  const [hasFailed, setFailed] = useState(false);
  if (!address || hasFailed) return <span className="thumbnail" role="img" aria-label={name} />;
  const source = address.replace('http:', 'https:');
  return <img className="thumbnail" src={source} alt={name} loading="lazy" onError={() => setFailed(true)} />;
};

/** The text is the vendor's: only an address of the web becomes a link. */
const toWebAddress = (url: string | null): string | undefined =>
  url && /^https?:\/\//.test(url) ? url : undefined;

/** The last part of its path. */
const nameOf = ({ url, objectKey, kind }: Output): string => {
  const path = objectKey ?? (url && URL.parse(url)?.pathname) ?? kind;
  return path.slice(path.lastIndexOf('/') + 1);
};
