/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment TaskRow on MediaTask {\n    id provider kind status progress isFinal finishedAt fetchedAt stale\n    nextPollAt: nextPollAfterMs\n    failure { code message }\n    outputs { kind url objectKey format sizeBytes width height durationSeconds urlExpiresAt }\n    problem { code message vendorCode vendorRequestId retryAt: retryAfterMs }\n  }\n": typeof types.TaskRowFragmentDoc,
    "\n  fragment TaskState on MediaTask { id status isFinal problem { code } }\n": typeof types.TaskStateFragmentDoc,
    "\n  fragment TaskDue on MediaTask { nextPollAt: nextPollAfterMs problem { code } }\n": typeof types.TaskDueFragmentDoc,
    "\n  query IdentifyTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { __typename id provider } }\n": typeof types.IdentifyTasksDocument,
    "\n  subscription WatchTasks($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ...TaskRow } }\n": typeof types.WatchTasksDocument,
    "\n  query AskTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { ...TaskRow } }\n": typeof types.AskTasksDocument,
    "\n  query AskProviders {\n    mediaTaskProviders {\n      provider configured breaker quota { calls perMs }\n      callsInLastSecond backlog backlogMs lastSuccessAt\n    }\n  }\n": typeof types.AskProvidersDocument,
    "\n  query AskTask($id: ID!) {\n    mediaTask(id: $id) {\n      ...TaskRow\n      vendorStatus createdAt startedAt vendorRequestId\n    }\n    own: mediaTask(id: $id) {\n      __typename id\n      ...AliyunFields ...VisionularFields ...WebCastFields ...WhiteboardFields ...ZegoFields\n    }\n  }\n\n  fragment AliyunFields on AliyunTranscodeTask {\n    videoId trigger transcodeTemplateGroupId\n    jobs: transcodeJobInfoList {\n      transcodeJobId definition status progress priority\n      failure { code message }\n      outputFile {\n        format width height fps bitrate duration\n        videoStreamList { index codecName profile level avgFps dar pixFmt bitrate }\n        audioStreamList { index codecName lang channels channelLayout samplerate bitrate }\n        subtitleStreamList { index codecName lang }\n      }\n    }\n  }\n\n  fragment VisionularFields on VisionularTranscodeTask {\n    templateName templateId srcBitrate dstBitrate input output bucket objkey region regionType\n  }\n\n  fragment WebCastFields on WebCastTask {\n    appId roomId userId sourceUrl maxRunningTime stopReason\n    videoSolutions { width height frameRate bitrate }\n    monitorConfig { freezeCheckInterval blankCheckInterval crashCheckInterval }\n    eventNotifyConfig { enableEventNotify startTimeout }\n  }\n\n  fragment WhiteboardFields on WhiteboardTranscodeTask { appId taskId }\n\n  fragment ZegoFields on ZegoMediaTask {\n    vendor message\n    detail {\n      ... on ZegoTencentTask { event status fileId replayUrl requestId message }\n      ... on ZegoHuaweiTask { status createdAt finishedAt fileName }\n    }\n  }\n": typeof types.AskTaskDocument,
};
const documents: Documents = {
    "\n  fragment TaskRow on MediaTask {\n    id provider kind status progress isFinal finishedAt fetchedAt stale\n    nextPollAt: nextPollAfterMs\n    failure { code message }\n    outputs { kind url objectKey format sizeBytes width height durationSeconds urlExpiresAt }\n    problem { code message vendorCode vendorRequestId retryAt: retryAfterMs }\n  }\n": types.TaskRowFragmentDoc,
    "\n  fragment TaskState on MediaTask { id status isFinal problem { code } }\n": types.TaskStateFragmentDoc,
    "\n  fragment TaskDue on MediaTask { nextPollAt: nextPollAfterMs problem { code } }\n": types.TaskDueFragmentDoc,
    "\n  query IdentifyTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { __typename id provider } }\n": types.IdentifyTasksDocument,
    "\n  subscription WatchTasks($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ...TaskRow } }\n": types.WatchTasksDocument,
    "\n  query AskTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { ...TaskRow } }\n": types.AskTasksDocument,
    "\n  query AskProviders {\n    mediaTaskProviders {\n      provider configured breaker quota { calls perMs }\n      callsInLastSecond backlog backlogMs lastSuccessAt\n    }\n  }\n": types.AskProvidersDocument,
    "\n  query AskTask($id: ID!) {\n    mediaTask(id: $id) {\n      ...TaskRow\n      vendorStatus createdAt startedAt vendorRequestId\n    }\n    own: mediaTask(id: $id) {\n      __typename id\n      ...AliyunFields ...VisionularFields ...WebCastFields ...WhiteboardFields ...ZegoFields\n    }\n  }\n\n  fragment AliyunFields on AliyunTranscodeTask {\n    videoId trigger transcodeTemplateGroupId\n    jobs: transcodeJobInfoList {\n      transcodeJobId definition status progress priority\n      failure { code message }\n      outputFile {\n        format width height fps bitrate duration\n        videoStreamList { index codecName profile level avgFps dar pixFmt bitrate }\n        audioStreamList { index codecName lang channels channelLayout samplerate bitrate }\n        subtitleStreamList { index codecName lang }\n      }\n    }\n  }\n\n  fragment VisionularFields on VisionularTranscodeTask {\n    templateName templateId srcBitrate dstBitrate input output bucket objkey region regionType\n  }\n\n  fragment WebCastFields on WebCastTask {\n    appId roomId userId sourceUrl maxRunningTime stopReason\n    videoSolutions { width height frameRate bitrate }\n    monitorConfig { freezeCheckInterval blankCheckInterval crashCheckInterval }\n    eventNotifyConfig { enableEventNotify startTimeout }\n  }\n\n  fragment WhiteboardFields on WhiteboardTranscodeTask { appId taskId }\n\n  fragment ZegoFields on ZegoMediaTask {\n    vendor message\n    detail {\n      ... on ZegoTencentTask { event status fileId replayUrl requestId message }\n      ... on ZegoHuaweiTask { status createdAt finishedAt fileName }\n    }\n  }\n": types.AskTaskDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskRow on MediaTask {\n    id provider kind status progress isFinal finishedAt fetchedAt stale\n    nextPollAt: nextPollAfterMs\n    failure { code message }\n    outputs { kind url objectKey format sizeBytes width height durationSeconds urlExpiresAt }\n    problem { code message vendorCode vendorRequestId retryAt: retryAfterMs }\n  }\n"): (typeof documents)["\n  fragment TaskRow on MediaTask {\n    id provider kind status progress isFinal finishedAt fetchedAt stale\n    nextPollAt: nextPollAfterMs\n    failure { code message }\n    outputs { kind url objectKey format sizeBytes width height durationSeconds urlExpiresAt }\n    problem { code message vendorCode vendorRequestId retryAt: retryAfterMs }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskState on MediaTask { id status isFinal problem { code } }\n"): (typeof documents)["\n  fragment TaskState on MediaTask { id status isFinal problem { code } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskDue on MediaTask { nextPollAt: nextPollAfterMs problem { code } }\n"): (typeof documents)["\n  fragment TaskDue on MediaTask { nextPollAt: nextPollAfterMs problem { code } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query IdentifyTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { __typename id provider } }\n"): (typeof documents)["\n  query IdentifyTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { __typename id provider } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription WatchTasks($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ...TaskRow } }\n"): (typeof documents)["\n  subscription WatchTasks($ids: [ID!]!) { mediaTaskUpdates(ids: $ids) { ...TaskRow } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AskTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { ...TaskRow } }\n"): (typeof documents)["\n  query AskTasks($ids: [ID!]!) { mediaTasks(ids: $ids) { ...TaskRow } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AskProviders {\n    mediaTaskProviders {\n      provider configured breaker quota { calls perMs }\n      callsInLastSecond backlog backlogMs lastSuccessAt\n    }\n  }\n"): (typeof documents)["\n  query AskProviders {\n    mediaTaskProviders {\n      provider configured breaker quota { calls perMs }\n      callsInLastSecond backlog backlogMs lastSuccessAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AskTask($id: ID!) {\n    mediaTask(id: $id) {\n      ...TaskRow\n      vendorStatus createdAt startedAt vendorRequestId\n    }\n    own: mediaTask(id: $id) {\n      __typename id\n      ...AliyunFields ...VisionularFields ...WebCastFields ...WhiteboardFields ...ZegoFields\n    }\n  }\n\n  fragment AliyunFields on AliyunTranscodeTask {\n    videoId trigger transcodeTemplateGroupId\n    jobs: transcodeJobInfoList {\n      transcodeJobId definition status progress priority\n      failure { code message }\n      outputFile {\n        format width height fps bitrate duration\n        videoStreamList { index codecName profile level avgFps dar pixFmt bitrate }\n        audioStreamList { index codecName lang channels channelLayout samplerate bitrate }\n        subtitleStreamList { index codecName lang }\n      }\n    }\n  }\n\n  fragment VisionularFields on VisionularTranscodeTask {\n    templateName templateId srcBitrate dstBitrate input output bucket objkey region regionType\n  }\n\n  fragment WebCastFields on WebCastTask {\n    appId roomId userId sourceUrl maxRunningTime stopReason\n    videoSolutions { width height frameRate bitrate }\n    monitorConfig { freezeCheckInterval blankCheckInterval crashCheckInterval }\n    eventNotifyConfig { enableEventNotify startTimeout }\n  }\n\n  fragment WhiteboardFields on WhiteboardTranscodeTask { appId taskId }\n\n  fragment ZegoFields on ZegoMediaTask {\n    vendor message\n    detail {\n      ... on ZegoTencentTask { event status fileId replayUrl requestId message }\n      ... on ZegoHuaweiTask { status createdAt finishedAt fileName }\n    }\n  }\n"): (typeof documents)["\n  query AskTask($id: ID!) {\n    mediaTask(id: $id) {\n      ...TaskRow\n      vendorStatus createdAt startedAt vendorRequestId\n    }\n    own: mediaTask(id: $id) {\n      __typename id\n      ...AliyunFields ...VisionularFields ...WebCastFields ...WhiteboardFields ...ZegoFields\n    }\n  }\n\n  fragment AliyunFields on AliyunTranscodeTask {\n    videoId trigger transcodeTemplateGroupId\n    jobs: transcodeJobInfoList {\n      transcodeJobId definition status progress priority\n      failure { code message }\n      outputFile {\n        format width height fps bitrate duration\n        videoStreamList { index codecName profile level avgFps dar pixFmt bitrate }\n        audioStreamList { index codecName lang channels channelLayout samplerate bitrate }\n        subtitleStreamList { index codecName lang }\n      }\n    }\n  }\n\n  fragment VisionularFields on VisionularTranscodeTask {\n    templateName templateId srcBitrate dstBitrate input output bucket objkey region regionType\n  }\n\n  fragment WebCastFields on WebCastTask {\n    appId roomId userId sourceUrl maxRunningTime stopReason\n    videoSolutions { width height frameRate bitrate }\n    monitorConfig { freezeCheckInterval blankCheckInterval crashCheckInterval }\n    eventNotifyConfig { enableEventNotify startTimeout }\n  }\n\n  fragment WhiteboardFields on WhiteboardTranscodeTask { appId taskId }\n\n  fragment ZegoFields on ZegoMediaTask {\n    vendor message\n    detail {\n      ... on ZegoTencentTask { event status fileId replayUrl requestId message }\n      ... on ZegoHuaweiTask { status createdAt finishedAt fileName }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;