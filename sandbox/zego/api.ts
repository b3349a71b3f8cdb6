import { createLives } from '../life.ts';
import { createStoryteller } from '../stories.ts';
import type { Reply, VendorApi, VendorSetting } from '../vendor-api.ts';
import { answerNoSuchTask, refuse, refuseInTrouble } from './refusals.ts';
import { newRequestId } from './request-id.ts';
import {
  huaweiStories,
  type Telling,
  tellLivingHuawei,
  tellLivingTencent,
  tellNoHuaweiTask,
  tencentStories,
} from './stories.ts';
import { createVerify } from './verify.ts';

/** ZEGO `DescribeMediaTask`, for both CDN vendors. */
export function createZego({ credentials, openedAt }: VendorSetting): VendorApi {
  const tellTencent = createStoryteller({
    stories: tencentStories,
    tellLiving: tellLivingTencent,
    lives: createLives(),
    openedAt,
  });
  const tellHuawei = createStoryteller({
    stories: huaweiStories,
    tellLiving: tellLivingHuawei,
    lives: createLives(),
    openedAt,
  });

  function answerTencent(taskId: string, now: number): Reply {
    const telling = tellTencent(taskId, now);
    return telling ? succeed(telling) : answerNoSuchTask();
  }

  function answerHuawei(taskId: string, now: number): Reply {
    return succeed(tellHuawei(taskId, now) ?? tellNoHuaweiTask(taskId));
  }

  return {
    provider: 'zego',
    // DescribeMediaTask, 调用频率限制
    callsPerSecond: 20,
    methods: ['GET'],
    paths: ['/'],
    taskParameters: ['TaskId'],
    verify: createVerify(credentials.zego),
    answer({ parameters }, now) {
      const [taskId, vendor] = [parameters.get('TaskId'), parameters.get('Vendor')];
      if (!taskId || !vendor) return refuse(2);
      if (vendor === 'Tencent') return answerTencent(taskId, now);
      return vendor === 'Huawei' ? answerHuawei(taskId, now) : refuse(4);
    },
    refuse: refuseInTrouble,
  };
}

function succeed(telling: Telling): Reply {
  return { status: 200, body: { Code: 0, Message: 'success', RequestId: newRequestId(), ...telling } };
}
