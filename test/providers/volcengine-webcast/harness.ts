import { volcengineWebcast } from '../../../src/providers/volcengine/webcast/index.ts';
import { readJsonFixture } from '../../conformance/fixture.ts';
import type { Harness } from '../../conformance/harness.ts';
import type { Json } from '../../conformance/json.ts';
import { volcengineHarness } from '../volcengine/shared-harness.ts';
import { documentedFields } from './documented-fields.ts';

/** The sample of the document. */
export const documented = readJsonFixture('volcengine-webcast/document.json');

/** A success with these fields of WebCastTask, spelt as in the document's table. */
export const withTask = (fields: Readonly<Record<string, Json>>): Json => ({
  Result: { WebCastTask: fields },
  ResponseMetadata: { RequestId: 'request-1' },
});

const reasons = new Map([
  ['3', 'StopByAPI'],
  ['4', 'StartTaskFailed'],
]);

export const harness: Harness = {
  ...volcengineHarness('GetWebCastTask'),
  title: 'Volcengine web casts',
  provider: volcengineWebcast,
  key: { appId: 'Your_AppId', roomId: 'Your_RoomId', taskId: 'Your_TaskId' },
  full: documented,
  fullStatus: 'SUCCEEDED',
  documentedFields,
  statusPath: ['Result', 'WebcastTask', 'Status'],
  minimal: { Result: { WebCastTask: { Status: 1 } } },
  statuses: { 0: 'UNKNOWN', 1: 'QUEUED', 2: 'RUNNING', 3: 'SUCCEEDED', 4: 'FAILED' },
  withStatus: (word) =>
    withTask({ Status: /^\d+$/.test(word) ? Number(word) : word, StopReason: reasons.get(word) ?? '' }),
};
