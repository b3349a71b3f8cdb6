/** Ends the processes it was told of when whoever started it is gone, however that came about. */
const guarded = new Set<number>();

process.on('message', ({ started, ended }: { started?: number; ended?: number }) => {
  if (started !== undefined) guarded.add(started);
  if (ended !== undefined) guarded.delete(ended);
});

process.once('disconnect', () => {
  for (const pid of guarded) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended already.
    }
  }
});
