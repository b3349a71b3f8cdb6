/** Does the work. A bug in it costs this message or moment, and neither the next ones nor the process. */
export const guarded = (work: () => void, onBug: (error: unknown) => void): void => {
  try {
    work();
  } catch (error) {
    onBug(error);
  }
};
