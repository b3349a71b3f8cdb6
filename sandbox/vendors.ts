import { aliyunVod } from './aliyun-vod/index.ts';
import { visionular } from './visionular/index.ts';
import { volcengine } from './volcengine/index.ts';
import { zego } from './zego/index.ts';

/** The registry: nothing else lists the vendors. A new one comes last, because their ports follow this order. */
export const vendors = { aliyunVod, visionular, volcengine, zego };
