import { useState } from 'react';
import type { TaskRowFragment } from './gql/graphql.ts';

/** What a task has produced, and why it failed, or why nothing is known of it. */
export const Result = ({ task }: { readonly task: Partial<TaskRowFragment> }) => {
  const { failure, problem, outputs } = task;
  const { message, code } = failure ?? { message: problem?.message, code: problem?.vendorCode };
  return (
    <>
      {(failure || problem) && (
        <p className="reason">
          {message} {code && <code>{code}</code>}
        </p>
      )}
      {outputs && (
        <ul className="outputs">
          {outputs.map((output) => (
            <li key={output.url ?? output.objectKey}>
              <OutputLink output={output} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

type Output = NonNullable<TaskRowFragment['outputs']>[number];

/** Pictures as thumbnails, other files by their format. */
const OutputLink = ({ output }: { readonly output: Output }) => {
  const { kind, url, objectKey, format, height, sizeBytes } = output;
  // The text is the vendor's: only an address of the web becomes a link. Some only name an object in their storage.
  const address = url && /^https?:/.test(url) ? url : undefined;
  const name = (objectKey ?? URL.parse(url ?? '')?.pathname)?.split('/').pop() ?? kind;
  const size = sizeBytes && `${(sizeBytes / 1e6).toFixed(1)} MB`;
  return (
    <a href={address} title={name} target="_blank" rel="noreferrer">
      {kind === 'IMAGE' ? (
        <Thumbnail address={address} name={name} />
      ) : (
        [format ?? kind.toLowerCase(), height && `${height}p`, size].filter(Boolean).join(' · ')
      )}
    </a>
  );
};

/** A picture without an address, or that cannot be loaded, is an empty frame. Pages on https load no others. */
const Thumbnail = ({ address, name }: { readonly address: string | undefined; readonly name: string }) => {
  const [hasFailed, setFailed] = useState(false);
  if (!address || hasFailed) return <span className="thumbnail" role="img" aria-label={name} />;
  const source = address.replace('http:', 'https:');
  return <img className="thumbnail" src={source} alt={name} loading="lazy" onError={() => setFailed(true)} />;
};
