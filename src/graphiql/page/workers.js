/**
 * Monaco does its language work in web workers and asks this function for them. They are files of ours: the
 * way without it fetches them from a CDN or falls back to the page's own thread.
 *
 * `WORKER_FILES` is put in by the build, which alone knows the hashed names. This module must be imported
 * before anything that loads Monaco.
 */
globalThis.MonacoEnvironment = {
  getWorker(_workerId, label) {
    const file = WORKER_FILES[label] ?? WORKER_FILES.editor;
    return new Worker(new URL(file, import.meta.url), { name: label });
  },
};
