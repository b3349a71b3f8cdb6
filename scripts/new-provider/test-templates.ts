import type { ProviderNames } from './names.ts';

/** `test/providers/<name>/conformance.test.ts`. */
export const toConformanceTest = (): string => `\
import { describeConformance } from '../../conformance/suite.ts';
import { harness } from './harness.ts';

describeConformance(harness);
`;

/** `test/providers/<name>/documented-fields.ts`. */
export const toDocumentedFields = ({ typename, lastKey }: ProviderNames): string => `\
import { type DocumentedField, row } from '../../conformance/documented-field.ts';

// TODO: every row of the response table of the vendor's document, in its order, and the fields that hold its value: for one of an output, the outputs of the task and the field of MediaTaskOutput.
/** Every response field that the vendor documents. */
export const documentedFields: readonly DocumentedField[] = [
  row('${lastKey}', '${typename}.${lastKey}'),
  row('status', '${typename}.status', '${typename}.vendorStatus'),
];
`;

/** `test/providers/<name>/harness.ts`. */
export const toHarness = ({ name, variable, enumValue, title, keys, lastKey }: ProviderNames): string => `\
import { ${variable} } from '../../../src/providers/${name}/index.ts';
import type { Harness } from '../../conformance/harness.ts';
import { type Json, ok } from '../../conformance/json.ts';
import { documentedFields } from './documented-fields.ts';

const ${lastKey} = '${lastKey}-1';

// TODO: a success about the task of the harness, as the vendor writes it.
const withTask = (fields: Readonly<Record<string, Json>>): Json => ({
  request_id: 'request-1',
  task: { id: ${lastKey}, ...fields },
});

// TODO: a refusal, as the vendor writes it.
const refuse = (code: string, message: string): Json => ({ code, message, request_id: 'refused-request' });

export const harness: Harness = {
  title: '${title}',
  provider: ${variable},
  credentials: { ${enumValue}_TOKEN: 'made-up-token-of-${name}' },
  // TODO: remove this line if the credential only signs, and is never sent itself.
  sentInHeader: ['${enumValue}_TOKEN'],
  endpoint: { variable: '${enumValue}_ENDPOINT' },
  key: { ${keys.map((key) => (key === lastKey ? key : `${key}: '${key}-1'`)).join(', ')} },
  documentedFields,
  // TODO: every documented field of a task that succeeded, from the sample of the vendor's document.
  full: withTask({ status: 'succeeded' }),
  fullStatus: 'SUCCEEDED',
  statusPath: ['task', 'status'],
  taskIdPath: ['task', 'id'],
  minimal: { task: { status: 'queued' } },
  // TODO: every documented status.
  statuses: {},
  // TODO: add what goes with each status, such as the message of a failure.
  withStatus: (status) => withTask({ status }),
  // TODO: the vendor's answer about an unknown id.
  unknownTask: { ...ok(refuse('not_found', 'No such task.')), status: 404 },
  // TODO: every documented error code, what it means, and the HTTP statuses it comes with.
  errorCodes: [],
  undocumentedCode: 'undocumented',
  refusal: (code, words, status) => ({ ...ok(refuse(code, words)), status }),
  // TODO: the vendor's answer when it throttles.
  throttled: { ...ok(refuse('too_many_requests', 'Slower.')), status: 429 },
};
`;
