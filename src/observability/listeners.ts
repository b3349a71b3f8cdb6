import type { AppEvent, Emit } from '../domain/events.ts';

/**
 * Passes each event to every listener.
 * @param onError called with what a listener throws: neither the emitter nor the other listeners notice
 */
export const toEmit =
  (listeners: readonly ((event: AppEvent) => void)[], onError: (error: unknown) => void): Emit =>
  (event) => {
    for (const listen of listeners) {
      try {
        listen(event);
      } catch (error) {
        onError(error);
      }
    }
  };
