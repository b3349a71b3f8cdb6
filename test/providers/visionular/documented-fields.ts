import { type DocumentedField, row } from '../../conformance/documented-field.ts';

/** Every row of the response table of query_task, in its order. */
export const documentedFields: readonly DocumentedField[] = [
  row('code', 'VisionularTranscodeTask.code', 'MediaTaskProblem.vendorCode'),
  row('src_bitrate', 'VisionularTranscodeTask.srcBitrate'),
  row('dst_bitrate', 'VisionularTranscodeTask.dstBitrate', 'MediaTaskOutput.bitrateKbps'),
  row('create_time', 'VisionularTranscodeTask.createdAt'),
  row('finish_time', 'VisionularTranscodeTask.finishedAt'),
  row('input', 'VisionularTranscodeTask.input'),
  row('input_url', 'VisionularTranscodeTask.inputUrl'),
  row('output', 'VisionularTranscodeTask.output'),
  row('output_url', 'VisionularTranscodeTask.outputUrl', 'MediaTaskOutput.url'),
  row('region', 'VisionularTranscodeTask.region'),
  row('status', 'VisionularTranscodeTask.status', 'VisionularTranscodeTask.vendorStatus'),
  row('region_type', 'VisionularTranscodeTask.regionType'),
  row('bucket', 'VisionularTranscodeTask.bucket'),
  row('objkey', 'VisionularTranscodeTask.objkey', 'MediaTaskOutput.objectKey'),
  row('template_id', 'VisionularTranscodeTask.templateId'),
  row('task_id', 'VisionularTranscodeTask.taskId'),
  row('template_name', 'VisionularTranscodeTask.templateName'),
  row('err_code', 'VisionularTranscodeTask.failure', 'MediaTaskFailure.code'),
  row('err_message', 'VisionularTranscodeTask.failure', 'MediaTaskFailure.message'),
  row('msg', 'VisionularTranscodeTask.msg', 'MediaTaskProblem.message'),
];
