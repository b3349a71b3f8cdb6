import { createFindTask } from '../task-family.ts';
import type { Vendor } from '../vendor.ts';
import { answerAs, createVerify, refuse, refuseAs, type ServerCredentials, succeed } from './protocol.ts';
import { describeNoHuaweiTask, huaweiTasks, tencentTasks } from './scenarios.ts';

/** ZEGO `DescribeMediaTask`, for both CDN vendors. */
export const zego: Vendor<'zego', ServerCredentials> = {
  credentials: { appId: 1234567890, serverSecret: 'not-a-secret-sandbox-zego-000000' },
  environment: (endpoint, { appId, serverSecret }) => ({
    ZEGO_APP_ID: String(appId),
    ZEGO_SERVER_SECRET: serverSecret,
    ZEGO_ENDPOINT: endpoint,
  }),
  createVerify,
  refuseAs,
  apis: [
    {
      provider: 'zego',
      // DescribeMediaTask, 调用频率限制
      callsPerSecond: 20,
      taskParameter: 'TaskId',
      families: [tencentTasks, huaweiTasks],
      createAnswer(openedAt) {
        const findTencent = createFindTask(tencentTasks, openedAt);
        const findHuawei = createFindTask(huaweiTasks, openedAt);
        return (request, now) => {
          const { parameters } = request;
          const [taskId, vendor] = [parameters.get('TaskId'), parameters.get('Vendor')];
          if (!taskId || !vendor) return refuse(request, 2);
          if (vendor === 'Huawei') return succeed(findHuawei(taskId, now) ?? describeNoHuaweiTask(taskId));
          if (vendor !== 'Tencent') return refuse(request, 4);
          const data = findTencent(taskId, now);
          return data ? succeed(data) : answerAs(request, 1000);
        };
      },
    },
  ],
};
