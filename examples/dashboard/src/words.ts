import type { MediaTaskProvider } from './gql/graphql.ts';

export const vendorNames: Readonly<Record<MediaTaskProvider, string>> = {
  ALIYUN_VOD: 'Aliyun VOD',
  VISIONULAR: 'Visionular',
  VOLCENGINE_WEBCAST: 'Volcengine web cast',
  VOLCENGINE_WHITEBOARD: 'Volcengine whiteboard',
  ZEGO: 'ZEGO',
};

/** `TASK_NOT_FOUND` is "Task not found", `codecName` is "Codec name". */
export const toWords = (name: string): string => {
  const words = name.replace(/_|(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `59 s`, `12 min`, `3 h` or `8 d`. */
export const toDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
};
