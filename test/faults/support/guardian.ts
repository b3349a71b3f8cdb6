/** Kills the processes that its parent has started as soon as the parent has ended, also if it was killed. */
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
