import { type DocumentedField, row } from '../../conformance/documented-field.ts';

/** Every row of the response table of GetWebCastTask, in its order. */
export const documentedFields: readonly DocumentedField[] = [
  row('WebCastTask', 'Query.webCastTask'),
  row('StartTime', 'WebCastTask.startedAt'),
  row('EndTime', 'WebCastTask.finishedAt'),
  row('Status', 'WebCastTask.status', 'WebCastTask.vendorStatus'),
  row('StopReason', 'WebCastTask.stopReason'),
  row('UserId', 'WebCastTask.userId'),
  row('SourceURL', 'WebCastTask.sourceUrl'),
  row('VideoSolutions', 'WebCastTask.videoSolutions'),
  row('Width', 'VideoSolution.width'),
  row('Height', 'VideoSolution.height'),
  row('FrameRate', 'VideoSolution.frameRate'),
  row('Bitrate', 'VideoSolution.bitrate'),
  row('MaxRunningTime', 'WebCastTask.maxRunningTime'),
  row('MonitorConfig', 'WebCastTask.monitorConfig'),
  row('FreezeCheckInterval', 'WebCastMonitorConfig.freezeCheckInterval'),
  row('BlankCheckInterval', 'WebCastMonitorConfig.blankCheckInterval'),
  row('CrashCheckInterval', 'WebCastMonitorConfig.crashCheckInterval'),
  row('EventNotifyConfig', 'WebCastTask.eventNotifyConfig'),
  row('EnableEventNotify', 'WebCastEventNotifyConfig.enableEventNotify'),
  row('StartTimeout', 'WebCastEventNotifyConfig.startTimeout'),
];
