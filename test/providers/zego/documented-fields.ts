import { type DocumentedField, row } from '../../conformance/documented-field.ts';

/** Every row of the response table of DescribeMediaTask, in its order. */
export const documentedFields: readonly DocumentedField[] = [
  row('Code', 'ZegoMediaTask.code', 'MediaTaskProblem.vendorCode'),
  row('Message', 'ZegoMediaTask.message', 'MediaTaskProblem.message'),
  row('RequestId', 'ZegoMediaTask.vendorRequestId', 'MediaTaskProblem.vendorRequestId'),
  row('Data', 'ZegoMediaTask.detail'),
  row('Data.Tencent', 'ZegoTencentTask.taskId'),
  row('Data.Huawei', 'ZegoHuaweiTask.taskId'),
  row('Tencent.TaskId', 'ZegoTencentTask.taskId'),
  row('Tencent.Event', 'ZegoTencentTask.event'),
  row('Tencent.Status', 'ZegoTencentTask.status', 'ZegoTencentTask.vendorStatus'),
  row('Tencent.FileId', 'ZegoTencentTask.fileId'),
  row('Tencent.ReplayUrl', 'ZegoTencentTask.replayUrl', 'MediaTaskOutput.url'),
  row('Tencent.RequestId', 'ZegoTencentTask.requestId'),
  row('Tencent.Message', 'ZegoTencentTask.message', 'MediaTaskFailure.message'),
  row('Tencent.ThumbnailsUrl', 'ZegoTencentTask.thumbnailsUrl', 'MediaTaskOutput.url'),
  row('Huawei.TaskId', 'ZegoHuaweiTask.taskId'),
  row('Huawei.Status', 'ZegoHuaweiTask.status', 'ZegoHuaweiTask.vendorStatus'),
  row('Huawei.CreateTime', 'ZegoHuaweiTask.createdAt'),
  row('Huawei.EndTime', 'ZegoHuaweiTask.finishedAt'),
  row('Huawei.FileName', 'ZegoHuaweiTask.fileName', 'MediaTaskOutput.objectKey'),
];
