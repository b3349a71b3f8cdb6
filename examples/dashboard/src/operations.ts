import { graphql } from './gql/gql.ts';

/** What a row shows. `nextPollAt` and `retryAt` are moments: `client.ts` says how the cache makes them of durations. */
export const taskRow = graphql(`
  fragment TaskRow on MediaTask {
    id provider kind status progress isFinal finishedAt fetchedAt stale
    nextPollAt: nextPollAfterMs
    failure { code message }
    outputs { kind url objectKey format sizeBytes width height durationSeconds urlExpiresAt }
    problem { code message vendorCode vendorRequestId retryAt: retryAfterMs }
  }
`);

/** What the filters and the announcements need of each task. */
export const taskState = graphql(`
  fragment TaskState on MediaTask { id status isFinal problem { code } }
`);

export const taskDue = graphql(`
  fragment TaskDue on MediaTask { nextPollAt: nextPollAfterMs problem { code } }
`);

/** Has the ids checked, and asks no vendor. A malformed one is null, with an error at its place. */
export const identifyTasks = graphql(`
  query IdentifyTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { __typename id provider } }
`);

/** Sends each task as it is now, then each change of it. */
export const watchTasks = graphql(`
  subscription WatchTasks($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ...TaskRow } }
`);

export const askTasks = graphql(`
  query AskTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { ...TaskRow } }
`);

export const askProviders = graphql(`
  query AskProviders {
    mediaTaskProviders {
      provider configured breaker quota { calls perMs }
      callsInLastSecond backlog backlogMs lastSuccessAt
    }
  }
`);

/** For the pane beside the table. It shows the vendor's own fields as they are selected here. */
export const askTask = graphql(`
  query AskTask($id: ID!) {
    mediaTask(id: $id) {
      ...TaskRow
      vendorStatus createdAt startedAt vendorRequestId
    }
    own: mediaTask(id: $id) {
      __typename id
      ...AliyunFields ...VisionularFields ...WebCastFields ...WhiteboardFields ...ZegoFields
    }
  }

  fragment AliyunFields on AliyunTranscodeTask {
    videoId trigger transcodeTemplateGroupId
    jobs: transcodeJobInfoList {
      transcodeJobId definition status progress priority
      failure { code message }
      outputFile {
        format width height fps bitrate duration
        videoStreamList { index codecName profile level avgFps dar pixFmt bitrate }
        audioStreamList { index codecName lang channels channelLayout samplerate bitrate }
        subtitleStreamList { index codecName lang }
      }
    }
  }

  fragment VisionularFields on VisionularTranscodeTask {
    templateName templateId srcBitrate dstBitrate input output bucket objkey region regionType
  }

  fragment WebCastFields on WebCastTask {
    appId roomId userId sourceUrl maxRunningTime stopReason
    videoSolutions { width height frameRate bitrate }
    monitorConfig { freezeCheckInterval blankCheckInterval crashCheckInterval }
    eventNotifyConfig { enableEventNotify startTimeout }
  }

  fragment WhiteboardFields on WhiteboardTranscodeTask { appId taskId }

  fragment ZegoFields on ZegoMediaTask {
    vendor message
    detail {
      ... on ZegoTencentTask { event status fileId replayUrl requestId message }
      ... on ZegoHuaweiTask { status createdAt finishedAt fileName }
    }
  }
`);
