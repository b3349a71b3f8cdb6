
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "MediaTask": [
      "AliyunTranscodeTask",
      "VisionularTranscodeTask",
      "WebCastTask",
      "WhiteboardTranscodeTask",
      "ZegoMediaTask"
    ],
    "ZegoVendorTask": [
      "ZegoHuaweiTask",
      "ZegoTencentTask"
    ]
  }
};
      export default result;
    