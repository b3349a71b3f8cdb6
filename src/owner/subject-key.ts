import type { Subject } from '../exchange/exchange.ts';

/** One text per subject, for maps. Type names hold no space. */
export const toSubjectKey = ({ typename, id }: Subject): string => `${typename} ${id}`;
