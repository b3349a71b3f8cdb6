import { type DocumentedField, row } from '../../conformance/documented-field.ts';

/** Every row of the response table of WbTranscodeQuery, in its order. */
export const documentedFields: readonly DocumentedField[] = [
  row('status', 'WhiteboardTranscodeTask.status', 'WhiteboardTranscodeTask.vendorStatus'),
  row('progress', 'WhiteboardTranscodeTask.progress'),
  row('err_code', 'WhiteboardTranscodeTask.failure', 'MediaTaskFailure.code'),
  row('err_msg', 'WhiteboardTranscodeTask.failure', 'MediaTaskFailure.message'),
];
