import { volcengineWhiteboard } from '../../../src/providers/volcengine/whiteboard/index.ts';
import { readJsonFixture } from '../../conformance/fixture.ts';
import type { Harness } from '../../conformance/harness.ts';
import type { Json } from '../../conformance/json.ts';
import { volcengineHarness } from '../volcengine/shared-harness.ts';
import { documentedFields } from './documented-fields.ts';

/** The sample of the document, without its comment. */
export const documented = readJsonFixture('volcengine-whiteboard/document.json');

export const withResult = (Result: Readonly<Record<string, Json>>): Json => ({
  ResponseMetadata: { RequestId: 'request-1' },
  Result,
});

export const harness: Harness = {
  ...volcengineHarness('WbTranscodeQuery'),
  title: 'Volcengine whiteboard transcoding',
  provider: volcengineWhiteboard,
  key: { appId: '600000000000000000000000', taskId: '0000000000' },
  full: documented,
  fullStatus: 'SUCCEEDED',
  documentedFields,
  statusPath: ['Result', 'status'],
  minimal: { Result: { status: 0 } },
  statuses: { 0: 'QUEUED', 1: 'RUNNING', 2: 'SUCCEEDED', 3: 'FAILED' },
  withStatus: (word) =>
    withResult({
      status: /^\d+$/.test(word) ? Number(word) : word,
      progress: 10,
      err_code: word === '3' ? 40_001 : 0,
      err_msg: word === '3' ? 'The document cannot be read.' : '',
    }),
};
