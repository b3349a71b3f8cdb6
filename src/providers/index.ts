import type { Provider } from '../domain/provider.ts';
import { aliyunVod } from './aliyun-vod/index.ts';
import { visionular } from './visionular/index.ts';
import { volcengineWebcast } from './volcengine/webcast/index.ts';
import { volcengineWhiteboard } from './volcengine/whiteboard/index.ts';
import { zego } from './zego/index.ts';

/** Every vendor API there is: the one file that names them all. */
export const providers: readonly Provider[] = [
  aliyunVod,
  visionular,
  volcengineWebcast,
  volcengineWhiteboard,
  zego,
];
