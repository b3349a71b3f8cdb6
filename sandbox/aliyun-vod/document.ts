/** A failed job: `FinishTime` for `CompleteTime`, a placeholder in the URL, no `Format`. */
export const failedJob = {
  CreationTime: '2019-01-23T12:35:05Z',
  TranscodeJobStatus: 'TranscodeFail',
  ErrorMessage: 'The resource operated InputFile is bad',
  FinishTime: '2019-01-23T12:35:06Z',
  InputFileUrl:
    'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/5b95e568f8e04f7c350b70b47f38e/31f1184c-1687ab4e899-0003-b2a2-f94-c213f.wmv',
  TranscodeProgress: 20,
  TranscodeJobId: 'e046ea644e8c983731f2f1061462',
  OutputFile: {
    SubtitleStreamList: '[]',
    Filesize: 0,
    AudioStreamList: '[]',
    WatermarkIdList: [],
    Duration: '0',
    Encryption: '{}',
    VideoStreamList: '[]',
    Height: '0',
    Width: '0',
    Fps: '0',
    OutputFileUrl:
      'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/883f5d98107f403faa0ab7f20aaa352f/c3be4f073c3f4535b24893e7d5193ec8-{DestMd5}-od-S00000001-200000.mp4',
    Bitrate: '0',
  },
  TranscodeTemplateId: 'f5ab0194c1944eba374ea18665b3714d',
  ErrorCode: 'InvalidParameter.ResourceContentBad',
  Definition: 'OD',
  Priority: '6',
};

/** An m3u8, encrypted, without watermark. */
export const encryptedJob = {
  CreationTime: '2019-02-26T08:27:16Z',
  TranscodeJobStatus: 'TranscodeSuccess',
  InputFileUrl:
    'http://outin-40564284ef0511e8b2d3e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/d96a00e9486af05f69bc1a1974ad/477e0344-16928ea4056-0003-b2a2-f94-c213f.mp4',
  TranscodeJobId: 'cbc090458ee87abd0e0dbd6871a39',
  TranscodeProgress: 100,
  OutputFile: {
    Format: 'm3u8',
    Encryption: '{"EncryptType":"AliyunVoDEncryption"}',
    VideoStreamList:
      '[{"AvgFPS":"25.0","Bitrate":"487.954","CodecLongName":"H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10","CodecName":"h264","CodecTag":"0x001b","CodecTagString":"[27][0][0][0]","CodecTimeBase":"1/50","Dar":"9:16","Duration":"12.080000","Fps":"25.0","HasBFrames":"2","Height":"360","Index":"0","Level":"30","PixFmt":"yuv420p","Profile":"High","Sar":"81:256","StartTime":"1.480000","Timebase":"1/90000","Width":"640"}]',
    Height: '360',
    SubtitleStreamList: '[]',
    Filesize: 851076,
    AudioStreamList:
      '[{"Bitrate":"62.015","ChannelLayout":"stereo","Channels":"2","CodecLongName":"AAC (Advanced Audio Coding)","CodecName":"aac","CodecTag":"0x000f","CodecTagString":"[15][0][0][0]","CodecTimeBase":"1/44100","Duration":"12.379978","Index":"1","SampleFmt":"fltp","Samplerate":"44100","StartTime":"1.433556","Timebase":"1/90000"}]',
    WatermarkIdList: [],
    Duration: '12',
    Width: '640',
    Fps: '25',
    OutputFileUrl:
      'http://outin-40564284ef0511e8b2d300163e1403e7.oss-cn-shanghai.aliyuncs.com/e1e63748f833a89b68552e54d5f7/94c4553de59a4615ab926c7e9105732a-83d70e6c4f6a871e004f924434e3-fd-encrypt-stream.m3u8',
    Bitrate: '549',
  },
  TranscodeTemplateId: 'fa0b39136499c5494c63680ddcfd',
  CompleteTime: '2019-02-26T08:27:19Z',
  Priority: '6',
  Definition: 'LD',
};

/** An mp4 with a watermark, and no `SubtitleStreamList`. */
export const plainJob = {
  CreationTime: '2019-02-26T08:27:16Z',
  TranscodeJobStatus: 'TranscodeSuccess',
  InputFileUrl:
    'http://outin-40564284ef051d300163e1403e7.oss-cn-shanghai.aliyuncs.com/customerTrans/d96a00e94e1e586af9bc1a1974ad/477e0344-16928ea4056-0003-b2a2-f94-c213f.mp4',
  TranscodeJobId: 'ce8fbd628fb3a3001db739a51263',
  TranscodeProgress: 100,
  OutputFile: {
    Format: 'mp4',
    AudioStreamList:
      '[{"Bitrate":"64.533","ChannelLayout":"stereo","Channels":"2","CodecLongName":"AAC (Advanced Audio Coding)","CodecName":"aac","CodecTag":"0x6134706d","CodecTagString":"mp4a","CodecTimeBase":"1/44100","Duration":"12.615533","Index":"1","Lang":"und","SampleFmt":"fltp","Samplerate":"44100","StartTime":"-0.046440","Timebase":"1/44100"}]',
    Filesize: 1520439,
    WatermarkIdList: ['64079a0e3e286d23b48a8c9413'],
    Duration: '12',
    VideoStreamList:
      '[{"AvgFPS":"30.0","Bitrate":"933.814","CodecLongName":"H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10","CodecName":"h264","CodecTag":"0x31637661","CodecTagString":"avc1","CodecTimeBase":"1/60","Dar":"9:16","Duration":"12.033333","Fps":"30.0","HasBFrames":"2","Height":"360","Index":"0","Lang":"und","Level":"30","PixFmt":"yuv420p","Profile":"High","Sar":"81:256","StartTime":"0.000000","Timebase":"1/15360","Width":"640"}]',
    Encryption: '{}',
    Height: '360',
    Width: '640',
    Fps: '30',
    OutputFileUrl:
      'http://outin-40564284ef0511e8b2d3001603e7.oss-cn-shanghai.aliyuncs.com/e1e63748f8c3a89b68552e54d5f7/94c4553de59a4615ab926c7e9105732a-38a82b62eb175bd55ea4c3f560a2c-fd.mp4',
    Bitrate: '964',
  },
  TranscodeTemplateId: '0ff6d65db7760ccc643434f38ff',
  CompleteTime: '2019-02-26T08:27:20Z',
  Priority: '6',
  Definition: 'LD',
};

/**
 * The JSON answer printed in the vendor's document, value for value (001_4586885fc6567193.txt, 正常返回示例).
 * It contradicts itself: CompleteAllSucc, though the first job failed.
 */
export const documentAnswer = {
  TranscodeTask: {
    TranscodeJobInfoList: [failedJob, encryptedJob, plainJob],
    CreationTime: '2019-01-23T12:35:12Z',
    TranscodeTemplateGroupId: '5b95e56c688f8e04f70b70b47f38e',
    TranscodeTaskId: 'c3be4f073c3f4534893e7d5193ec8',
    VideoId: '883f5d98107f403fab7f20aaa352f',
    TaskStatus: 'CompleteAllSucc',
    CompleteTime: '2019-01-23T12:35:12Z',
  },
  RequestId: 'F4C6D5BE-BF13-4561-9F6C-516EA8906DCD',
};
