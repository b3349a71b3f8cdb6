import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Texts of the scaffold, and their replacements by someone who knows the vendor. */
type Edits = readonly (readonly [scaffold: string, filledIn: string])[];

/**
 * A fictitious vendor called Acme: `GET /projects/<projectId>/tasks/<taskId>` with a bearer token. It wraps neither its
 * tasks nor its refusals, names the request in a header, and counts time in seconds.
 */
const edits: Readonly<Record<string, Edits>> = {
  'schema/acme.graphql': [
    ['"Acme."', '"Acme, GET task. Knows the tasks of the last week."'],
    ['"From the vendor\'s status. Null', '"From state. Null'],
    [
      '  # TODO: add every other response field that the vendor documents, described with its unit and when it is null.\n',
      '  "preset: what the video is encoded to. Null while `problem` is set, and when missing."\n  preset: String\n' +
        '  "From size_class, verbatim in `sizeClass`. Null while `problem` is set, and when missing."\n  sizeClassKind: AcmeSizeClass\n' +
        '  "size_class verbatim. Null while `problem` is set, and when missing."\n  sizeClass: String\n',
    ],
    [
      'type AcmeTask implements',
      'enum AcmeSizeClass {\n  "Up to a gigabyte."\n  SMALL\n  "The vendor sent a value that is unknown here."\n  UNKNOWN\n}\n\n' +
        '"A transcoding task of Acme."\ntype AcmeTask implements',
    ],
    ['"A task of Acme."\nenum', '"How large the source is."\nenum'],
  ],
  'src/providers/acme/index.ts': [
    ['quota: { calls: 1, perMs: 1_000 }', 'quota: { calls: 300, perMs: 60_000 }'],
    ["toPath('v1', 'tasks', projectId, taskId)", "toPath('projects', projectId, 'tasks', taskId)"],
  ],
  'src/providers/acme/read.ts': [
    [
      'MediaTaskProblemCode> = new Map([])',
      "MediaTaskProblemCode> = new Map([['not_found', 'TASK_NOT_FOUND'], ['slow_down', 'RATE_LIMITED'], ['bad_token', 'ACCESS_DENIED'], ['invalid', 'REJECTED'], ['down', 'UNAVAILABLE']])",
    ],
    ['wrongCredentials: new Set()', "wrongCredentials: new Set(['bad_token'])"],
    ["readText(readField(body, 'request_id'))", "readText(reply.header('x-request-id'))"],
    [
      "requireObject(readField(requireObject(body), 'task'), 'The vendor answered no task.');",
      'requireObject(body);\n' +
        "  if (readField(task, 'id') === null) throw new LookupError('BAD_RESPONSE', 'The vendor answered no task.');",
    ],
    ['import type { Reply }', "import { LookupError } from '../../domain/errors.ts';\nimport type { Reply }"],
  ],
  'src/providers/acme/normalise.ts': [
    [
      'MediaTaskStatus> = new Map([])',
      "MediaTaskStatus> = new Map([['waiting', 'QUEUED'], ['working', 'RUNNING'], ['done', 'SUCCEEDED'], ['broken', 'FAILED']])",
    ],
    ["readField(task, 'status')", "readField(task, 'state')"],
    ["kind: 'UNKNOWN',\n    status", "kind: 'VIDEO_TRANSCODE',\n    status"],
    ["readIsoTime(readField(task, 'created_at'))", "readSecondsTime(readField(task, 'created'))"],
    ["readIsoTime(readField(task, 'started_at'))", 'null'],
    ["readIsoTime(readField(task, 'finished_at'))", "readSecondsTime(readField(task, 'ended'))"],
    ["readField(task, 'error_code')", "readField(task, 'reason')"],
    ["readField(task, 'error_message')", "readField(task, 'explanation')"],
    ["readField(task, 'output_url')", "readField(task, 'video')"],
    ["      kind: 'UNKNOWN',", "      kind: 'VIDEO',"],
    [
      'vendorRequestId: requestId,',
      "vendorRequestId: requestId,\n    preset: readText(readField(task, 'preset')),\n    sizeClass,\n    sizeClassKind: readKind(sizeClasses, sizeClass, 'UNKNOWN'),",
    ],
    [
      '  const status = readWord',
      "  const sizeClass = readText(readField(task, 'size_class'));\n  const status = readWord",
    ],
    [
      '/** The answer in',
      "const sizeClasses: ReadonlyMap<string, AcmeSizeClass> = new Map([['small', 'SMALL']]);\n\n/** The answer in",
    ],
    ['import type { AcmeTask,', 'import type { AcmeSizeClass, AcmeTask,'],
    ['  readIsoTime,\n', '  readKind,\n  readSecondsTime,\n'],
  ],
  'test/providers/acme/documented-fields.ts': [
    [
      "  row('taskId', 'AcmeTask.taskId'),\n  row('status', 'AcmeTask.status', 'AcmeTask.vendorStatus'),",
      "  row('state', 'AcmeTask.status', 'AcmeTask.vendorStatus'),\n  row('preset', 'AcmeTask.preset'),\n  row('size_class', 'AcmeTask.sizeClass'),",
    ],
  ],
  'test/providers/acme/harness.ts': [
    ["  request_id: 'request-1',\n  task: { id: taskId, ...fields },", '  id: taskId,\n  ...fields,'],
    [", request_id: 'refused-request' });", ' });'],
    ["endpoint: { variable: 'ACME_ENDPOINT' }", "endpoint: { variable: 'ACME_ENDPOINT', path: '/media' }"],
    [
      "withTask({ status: 'succeeded' })",
      "withTask({ state: 'done', progress: 100, created: 1_772_625_600, ended: 1_772_625_700, preset: 'hd', size_class: 'small', video: 'https://files.acme.example/1.mp4' })",
    ],
    ["statusPath: ['task', 'status']", "statusPath: ['state']"],
    ["taskIdPath: ['task', 'id']", "taskIdPath: ['id']"],
    ["{ task: { status: 'queued' } }", "{ id: taskId, state: 'waiting' }"],
    [
      'statuses: {}',
      "statuses: { waiting: 'QUEUED', working: 'RUNNING', done: 'SUCCEEDED', broken: 'FAILED' }",
    ],
    [
      'withTask({ status })',
      "withTask({ state: status, reason: 'E17', video: 'https://files.acme.example/1.mp4' })",
    ],
    [
      'errorCodes: []',
      "errorCodes: [['not_found', 'TASK_NOT_FOUND', 404], ['slow_down', 'RATE_LIMITED', 429], ['bad_token', 'ACCESS_DENIED', 401], ['invalid', 'REJECTED', 400], ['down', 'UNAVAILABLE', 503]]",
    ],
    [
      '({ ...ok(refuse(code, words)), status })',
      "({ ...ok(refuse(code, words)), status, headers: { 'x-request-id': 'refused-request' } })",
    ],
    ["'too_many_requests'", "'slow_down'"],
  ],
};

/** Fills in the scaffold of `npm run new:provider acme -- --key projectId,taskId`. @throws Error where it has changed */
export const fillIn = (root: string): void => {
  for (const [path, replacements] of Object.entries(edits)) {
    let text = readFileSync(join(root, path), 'utf8');
    for (const [scaffold, filledIn] of replacements) {
      if (!text.includes(scaffold))
        throw new Error(`The scaffold's ${path} has no ${JSON.stringify(scaffold)}.`);
      text = text.replaceAll(scaffold, () => filledIn);
    }
    writeFileSync(join(root, path), withoutTodos(text));
  }
};

/** Removes the marks of what has been done. */
const withoutTodos = (text: string): string => text.replaceAll(/^ *(\/\/|#) TODO: .*\n/gm, '');
