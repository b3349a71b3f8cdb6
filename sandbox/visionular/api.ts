import { randomUUID } from 'node:crypto';
import { createLives } from '../life.ts';
import { createStoryteller } from '../stories.ts';
import type { VendorApi, VendorSetting } from '../vendor-api.ts';
import { answerNoSuchTask, refuse, refuseInTrouble } from './refusals.ts';
import { tellLivingTask, visionularStories } from './stories.ts';
import { createVerify } from './verify.ts';

/** The document's path, which environment() points at. */
export const DOCUMENTED_PATH = '/api/query_task';

/** The path of the current international host (visionular/aurora-sdk-go). */
const NEWER_PATH = '/vodencoding/v1/query_task';

/** Visionular `query_task`, both generations. */
export function createVisionular({ credentials, openedAt }: VendorSetting): VendorApi {
  const tell = createStoryteller({
    stories: visionularStories,
    tellLiving: tellLivingTask,
    lives: createLives(),
    openedAt,
  });
  return {
    provider: 'visionular',
    // Made up: the vendor documents no limit, and a stand-in shows what one does.
    callsPerSecond: 10,
    methods: ['GET'],
    paths: [DOCUMENTED_PATH, NEWER_PATH],
    taskParameters: ['task_id'],
    verify: createVerify([credentials.visionular]),
    answer({ parameters }, now) {
      const taskId = parameters.get('task_id');
      if (!taskId) return refuse(1001);
      const data = tell(taskId, now);
      if (!data) return answerNoSuchTask();
      return { status: 200, body: { code: 0, data, msg: 'success', request_id: randomUUID() } };
    },
    refuse: refuseInTrouble,
  };
}
