import type { Desk } from '../desk.ts';
import { refuse } from './replies.ts';

/**
 * Volcengine has one host for all its actions; this sends each caller to the desk of its action.
 * A call with another action is refused and counted nowhere.
 */
export function createVolcengineReception(webcast: Desk, whiteboard: Desk): Pick<Desk, 'receive'> {
  const desks = new Map([
    ['GetWebCastTask', webcast],
    ['WbTranscodeQuery', whiteboard],
  ]);
  return {
    async receive(request, response) {
      const desk = desks.get(request.parameters.get('Action') ?? '');
      if (desk) return desk.receive(request, response);
      const { status, body } = refuse(request, 'InvalidActionOrVersion');
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(body));
    },
  };
}
