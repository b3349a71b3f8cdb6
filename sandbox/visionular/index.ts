import type { AccessKey } from '../signatures.ts';
import { createFindTask } from '../task-family.ts';
import type { Vendor } from '../vendor.ts';
import { answerAs, createVerify, refuse, refuseAs, succeed } from './protocol.ts';
import { transcodeTasks } from './scenarios.ts';

/** Visionular `query_task`: the document's answers and those of api.visionular.com. */
export const visionular: Vendor<'visionular', AccessKey> = {
  credentials: { id: 'SANDBOXVISIONULA', secret: 'not-a-secret-sandbox-visionular0' },
  path: '/api/query_task',
  environment: (endpoint, { id, secret }) => ({
    VISIONULAR_ACCESS_KEY: id,
    VISIONULAR_SECRET_KEY: secret,
    VISIONULAR_ENDPOINT: endpoint,
  }),
  createVerify,
  refuseAs,
  apis: [
    {
      provider: 'visionular',
      // Assumed: the vendor documents no limit.
      callsPerSecond: 10,
      taskParameter: 'task_id',
      families: [transcodeTasks],
      createAnswer(openedAt) {
        const findTask = createFindTask(transcodeTasks, openedAt);
        return (request, now) => {
          const taskId = request.parameters.get('task_id');
          if (!taskId) return refuse(request, 1001);
          const data = findTask(taskId, now);
          return data ? succeed(data) : answerAs(request, 1004);
        };
      },
    },
  ],
};
