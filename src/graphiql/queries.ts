/** One tab that GraphiQL opens with. */
export interface ReadyQuery {
  /** The operation's name: GraphiQL takes a tab's title from there, and tests find a query by it. */
  readonly title: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/*
 * Comments in the queries are at most 50 characters wide: more does not fit beside the editor's buttons on
 * a laptop. The ids are the sandbox's examples.
 */

const dashboard: ReadyQuery = {
  title: 'Dashboard',
  query: `# One page over many vendors: the same fields for
# every task, in the order of the ids in Variables,
# below. The last task does not exist: it has a
# \`problem\`, and the others are not affected.
query Dashboard($ids: [ID!]!) {
  mediaTasks(ids: $ids) {
    ...Row
    # A vendor's own fields, by a fragment.
    ... on AliyunTranscodeTask {
      transcodeJobInfoList {
        definition
        progress
      }
    }
    ... on WebCastTask {
      sourceUrl
    }
  }
}

fragment Row on MediaTask {
  id
  provider
  kind
  status
  vendorStatus
  progress
  finishedAt
  failure {
    code
    message
  }
  outputs {
    kind
    url
  }
  nextPollAfterMs
  problem {
    code
    message
    retryable
  }
}
`,
  variables: {
    ids: [
      'aliyun-vod:partial-success',
      'aliyun-vod:evolving-1',
      'visionular:success',
      'visionular:running',
      'volcengine-webcast:demo-app:demo-room:running',
      'volcengine-whiteboard:demo-app:done',
      'zego:tencent:compose',
      'zego:huawei:succeeded',
      'zego:huawei:no-such-task',
    ],
  },
};

const liveProgress: ReadyQuery = {
  title: 'LiveProgress',
  query: `# Each task as it is now, then each change, until
# none can change any more. These tasks take 24 s
# from the first time that anybody asks for them:
# change the ids to see it again.
subscription LiveProgress($ids: [ID!]!) {
  mediaTaskUpdates(ids: $ids) {
    id
    status
    progress
    fetchedAt
    stale
    outputs {
      kind
      url
    }
    problem {
      code
      message
    }
  }
}
`,
  variables: { ids: ['aliyun-vod:evolving-live-1', 'visionular:evolving-live-1'] },
};

const jobs: ReadyQuery = {
  title: 'Jobs',
  query: `# Aliyun's jobs by their own ids, without knowing
# the tasks they belong to. Ten of them take one
# call to the vendor.
query Jobs($ids: [ID!]!) {
  aliyunTranscodeJobs(transcodeJobIds: $ids) {
    transcodeJobId
    definition
    status
    vendorStatus
    progress
    createdAt
    finishedAt
    failure {
      code
      message
    }
    outputFile {
      outputFileUrl
      format
      width
      height
    }
    problem {
      code
      message
    }
  }
}
`,
  variables: { ids: ['partial-success-job-1', 'partial-success-job-2', 'processing-job-1'] },
};

const providerHealth: ReadyQuery = {
  title: 'ProviderHealth',
  query: `# The vendor APIs and how their accounts stand:
# what is used of the quota, how many calls wait
# and for how long, and whether calls are made
# (breaker CLOSED) or refused.
query ProviderHealth {
  mediaTaskProviders {
    provider
    idPrefix
    configured
    quota {
      calls
      perMs
    }
    callsInLastSecond
    backlog
    backlogMs
    breaker
    lastSuccessAt
  }
}
`,
};

const aliyun: ReadyQuery = {
  title: 'AliyunTranscode',
  query: `# Aliyun VOD: one task, one job for each
# rendition. Some jobs of the first task failed.
# The second one is running: run this query again
# to see its progress.
query AliyunTranscode {
  partial: aliyunTranscodeTask(transcodeTaskId: "partial-success") {
    ...AliyunState
    videoId
    trigger
    triggerKind
    transcodeTemplateGroupId
    transcodeJobInfoList {
      transcodeJobId
      transcodeTemplateId
      definition
      priority
      status
      vendorStatus
      progress
      inputFileUrl
      createdAt
      finishedAt
      failure {
        code
        message
      }
      outputFile {
        outputFileUrl
        format
        filesize
        duration
        bitrate
        fps
        width
        height
        watermarkIdList
        encryption {
          encryptType
        }
        videoStreamList {
          codecName
          profile
          avgFps
          dar
        }
        audioStreamList {
          codecName
          channels
          samplerate
        }
        subtitleStreamList {
          lang
          codecName
        }
      }
    }
  }
  evolving: aliyunTranscodeTask(transcodeTaskId: "evolving-1") {
    ...AliyunState
  }
}

fragment AliyunState on AliyunTranscodeTask {
  id
  transcodeTaskId
  status
  vendorStatus
  progress
  createdAt
  finishedAt
  nextPollAfterMs
  problem {
    code
    message
  }
}
`,
};

const visionular: ReadyQuery = {
  title: 'VisionularTranscode',
  query: `# Visionular: one input, one template, one output.
# The first task is done, the second still runs.
query VisionularTranscode {
  done: visionularTranscodeTask(taskId: "success") {
    ...VisionularTask
  }
  running: visionularTranscodeTask(taskId: "running") {
    ...VisionularTask
  }
}

fragment VisionularTask on VisionularTranscodeTask {
  id
  taskId
  status
  vendorStatus
  progress
  createdAt
  startedAt
  finishedAt
  templateId
  templateName
  srcBitrate
  dstBitrate
  input
  output
  outputUrl
  region
  regionType
  bucket
  objkey
  nextPollAfterMs
  problem {
    code
    message
  }
}
`,
};

const webCast: ReadyQuery = {
  title: 'WebCast',
  query: `# Volcengine web cast: a web page pushed into a
# room, and how it is encoded and monitored. The
# vendor knows only casts begun in the last 72
# hours.
query WebCast {
  webCastTask(appId: "demo-app", roomId: "demo-room", taskId: "running") {
    id
    appId
    roomId
    taskId
    status
    vendorStatus
    startedAt
    finishedAt
    stopReason
    stopReasonKind
    userId
    sourceUrl
    maxRunningTime
    videoSolutions {
      width
      height
      frameRate
      bitrate
    }
    monitorConfig {
      freezeCheckInterval
      blankCheckInterval
      crashCheckInterval
    }
    eventNotifyConfig {
      enableEventNotify
      startTimeout
    }
    nextPollAfterMs
    problem {
      code
      message
    }
  }
}
`,
};

const whiteboard: ReadyQuery = {
  title: 'WhiteboardTranscode',
  query: `# Volcengine whiteboard: a document turned into
# pages. The vendor reports only its state.
query WhiteboardTranscode {
  whiteboardTranscodeTask(appId: "demo-app", taskId: "done") {
    id
    appId
    taskId
    status
    vendorStatus
    isFinal
    progress
    failure {
      code
      message
    }
    vendorRequestId
    fetchedAt
    stale
    problem {
      code
      message
    }
  }
}
`,
};

const zego: ReadyQuery = {
  title: 'ZegoMedia',
  query: `# ZEGO: Tencent or Huawei does the work, and
# \`detail\` holds the state there. The third task
# does not exist: \`problem\` explains why its
# fields are null, and \`errors\` stays empty.
query ZegoMedia {
  compose: zegoMediaTask(vendor: TENCENT, taskId: "compose") {
    ...ZegoTask
  }
  snapshot: zegoMediaTask(vendor: HUAWEI, taskId: "succeeded") {
    ...ZegoTask
  }
  unknown: zegoMediaTask(vendor: HUAWEI, taskId: "no-such-task") {
    ...ZegoTask
  }
}

fragment ZegoTask on ZegoMediaTask {
  id
  vendor
  taskId
  kind
  status
  vendorStatus
  code
  message
  detail {
    __typename
    ... on ZegoTencentTask {
      taskId
      event
      eventKind
      status
      fileId
      replayUrl
      thumbnailsUrl
      requestId
    }
    ... on ZegoHuaweiTask {
      taskId
      status
      createdAt
      finishedAt
      fileName
    }
  }
  problem {
    code
    message
    retryable
    retryAfterMs
    vendorCode
    vendorRequestId
  }
}
`,
};

const entities: ReadyQuery = {
  title: 'FederationEntities',
  query: `# What a federation gateway asks: tasks by
# reference. The references are in Variables,
# below. Each names a type and its id or its
# natural key; the last one only the interface and
# an id.
query FederationEntities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on MediaTask {
      id
      provider
      status
      progress
      problem {
        code
      }
    }
    ... on WebCastTask {
      roomId
      sourceUrl
    }
  }
}
`,
  variables: {
    representations: [
      { __typename: 'AliyunTranscodeTask', id: 'aliyun-vod:partial-success' },
      { __typename: 'VisionularTranscodeTask', taskId: 'running' },
      { __typename: 'WebCastTask', appId: 'demo-app', roomId: 'demo-room', taskId: 'running' },
      { __typename: 'WhiteboardTranscodeTask', appId: 'demo-app', taskId: 'done' },
      { __typename: 'ZegoMediaTask', vendor: 'TENCENT', taskId: 'compose' },
      { __typename: 'MediaTask', id: 'zego:huawei:succeeded' },
    ],
  },
};

/** The tabs GraphiQL opens with, in their order. */
export const readyQueries: readonly ReadyQuery[] = [
  dashboard,
  liveProgress,
  providerHealth,
  aliyun,
  jobs,
  visionular,
  webCast,
  whiteboard,
  zego,
  entities,
];
