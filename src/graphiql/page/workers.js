/**
 * Monaco runs its language services in web workers, which this function creates from files of this server. Without
 * it, Monaco would load them from a CDN or run on the page's own thread.
 *
 * The build replaces `WORKER_FILES` by the hashed names. This module must be imported before anything that loads
 * Monaco.
 */
globalThis.MonacoEnvironment = {
  getWorker(_workerId, label) {
    const file = WORKER_FILES[label] ?? WORKER_FILES.editor;
    return new Worker(new URL(file, import.meta.url), { name: label });
  },
};
