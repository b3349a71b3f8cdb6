import type { ProviderNames } from './names.ts';

/** A reserved name (RFC 2606) for documentation and tests. */
const toAddress = ({ name }: ProviderNames): string => `https://api.${name}.example`;

/** `src/providers/<name>/index.ts`. */
export const toIndex = (names: ProviderNames): string => {
  const { name, variable, typename, enumValue, title, keys, lastKey } = names;
  const segments = ["'v1'", "'tasks'", ...keys].join(', ');
  return `\
import { defineProvider } from '../../domain/provider.ts';
import { toPath } from '../../vendor-http/query.ts';
import { toSnapshot } from './normalise.ts';
import { readAnswer } from './read.ts';

// TODO: the vendor's address; accounts elsewhere set ${enumValue}_ENDPOINT.
const defaultEndpoint = '${toAddress(names)}';

// TODO: name the call in the comment below, with the address of the page that documents it.
/** ${title}. */
export const ${variable} = defineProvider({
  name: '${name}',
  typename: '${typename}',
  keyFields: [${keys.map((key) => `{ name: '${key}' }`).join(', ')}],
  // TODO: the documented limit of one account, and the page that documents it.
  quota: { calls: 1, perMs: 1_000 },
  open: (environment, { now }) => {
    const endpoint = environment.url('${enumValue}_ENDPOINT', defaultEndpoint);
    const credentials = environment.credentials('${enumValue}_TOKEN');
    if (!credentials) return undefined;
    // TODO: how the credentials are sent; a signature is created in sign.ts, right before each call.
    const headers = { authorization: \`Bearer \${credentials.${enumValue}_TOKEN}\` };
    return async ({ ${keys.join(', ')} }, call) => {
      // TODO: the path of the call; a key in the query is encoded by toCanonicalQuery.
      const path = toPath(${segments});
      const reply = await call.get({ url: \`\${endpoint}\${path}\`, headers });
      const answer = readAnswer(reply, ${lastKey}, now());
      return answer && toSnapshot(answer);
    };
  },
});
`;
};

/** `src/providers/<name>/read.ts`. */
export const toRead = ({ lastKey }: ProviderNames): string => `\
import type { Reply } from '../../domain/provider.ts';
import type { MediaTaskProblemCode } from '../../generated/model.ts';
import {
  type JsonObject,
  parseBody,
  readField,
  readText,
  requireObject,
  requireSameTask,
} from '../../vendor-http/read.ts';
import { type Grounds, toProblemCode, toRefusalError } from '../../vendor-http/refusal.ts';

/** A successful answer, still in the vendor's shape. */
export interface Answer {
  readonly requestId: string | null;
  readonly task: JsonObject;
}

// TODO: every documented error code, what it means, and the page that lists them.
const problemCodes: ReadonlyMap<string, MediaTaskProblemCode> = new Map([]);

// TODO: the codes for wrong credentials, and for a wrong time.
const grounds: Grounds = { wrongCredentials: new Set(), wrongTime: new Set() };

/**
 * The answer about the asked task; null when the vendor knows no such task.
 * @throws LookupError when the vendor refused, or answered what cannot be read or is about another task
 */
export const readAnswer = (reply: Reply, ${lastKey}: string, now: number): Answer | null => {
  const body = parseBody(reply.body);
  // TODO: where a refusal has its code, its message and the id of the request; further names in a readField are alternatives, and readObject is for an object within.
  const vendorCode = readText(readField(body, 'code'));
  const message = readText(readField(body, 'message'));
  const requestId = readText(readField(body, 'request_id'));
  const problemCode = toCode(vendorCode, reply.status);
  if (problemCode === 'TASK_NOT_FOUND') return null;
  if (problemCode) {
    throw toRefusalError(problemCode, { vendorCode, message, vendorRequestId: requestId, grounds }, reply, now);
  }
  // TODO: where a success has the task, and the task its id.
  const task = requireObject(readField(requireObject(body), 'task'), 'The vendor answered no task.');
  requireSameTask(readField(task, 'id'), ${lastKey});
  return { requestId, task };
};

const toCode = (vendorCode: string | null, status: number): MediaTaskProblemCode | undefined => {
  if (vendorCode === null) return toProblemCode(status);
  return problemCodes.get(vendorCode) ?? toProblemCode(status) ?? 'REJECTED';
};
`;

/** `src/providers/<name>/normalise.ts`. */
export const toNormalise = ({ typename, keys }: ProviderNames): string => `\
import type { SnapshotOf } from '../../domain/task.ts';
import type { ${typename}, MediaTaskFailure, MediaTaskOutput, MediaTaskStatus } from '../../generated/model.ts';
import {
  type JsonObject,
  readExtension,
  readField,
  readIsoTime,
  readPercent,
  readText,
  readWord,
} from '../../vendor-http/read.ts';
import type { Answer } from './read.ts';

// TODO: every documented status, and what it means.
const statuses: ReadonlyMap<string, MediaTaskStatus> = new Map([]);

/** The answer in the shape of the schema. */
export const toSnapshot = ({ requestId, task }: Answer): SnapshotOf<${typename}, ${keys.map((key) => `'${key}'`).join(' | ')}> => {
  const vendorStatus = readText(readField(task, 'status'));
  const status = readWord(statuses, vendorStatus, 'UNKNOWN');
  // TODO: each value by the vendor's name for it; what the vendor never sends is null.
  return {
    kind: 'UNKNOWN',
    status,
    vendorStatus,
    progress: readPercent(readField(task, 'progress')),
    createdAt: readIsoTime(readField(task, 'created_at')),
    startedAt: readIsoTime(readField(task, 'started_at')),
    finishedAt: readIsoTime(readField(task, 'finished_at')),
    failure: status === 'FAILED' ? readFailure(task) : null,
    outputs: status === 'SUCCEEDED' ? toOutputs(task) : [],
    vendorRequestId: requestId,
  };
};

// TODO: where a failed task has its reason.
const readFailure = (task: JsonObject): MediaTaskFailure | null => {
  const code = readText(readField(task, 'error_code'));
  const message = readText(readField(task, 'error_message'));
  return code || message ? { code, message } : null;
};

// TODO: where a task that succeeded has its outputs.
const toOutputs = (task: JsonObject): MediaTaskOutput[] => {
  const url = readText(readField(task, 'output_url'));
  if (url === null) return [];
  return [
    {
      kind: 'UNKNOWN',
      url,
      urlExpiresAt: null,
      objectKey: null,
      format: readExtension(URL.parse(url)?.pathname),
      sizeBytes: null,
      durationSeconds: null,
      bitrateKbps: null,
      width: null,
      height: null,
    },
  ];
};
`;

/** The lines of `.env.example`. */
export const toEnvironmentLines = (names: ProviderNames): string => `\
# ${names.title}
${names.enumValue}_TOKEN=
# ${names.enumValue}_ENDPOINT=${toAddress(names)}
# ${names.enumValue}_QPS=1
`;
