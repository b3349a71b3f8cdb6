/** At most one line in this time, however often Redis fails. */
const repeatAfterMs = 60_000;

export interface RedisReporterOptions {
  readonly warn: (line: string) => void;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Reports failures of Redis: the first at once, and then once a minute how many there were, each time with what is lost. */
export const createRedisReporter = ({ warn, now }: RedisReporterOptions): ((error: Error) => void) => {
  let reportedAt = Number.NEGATIVE_INFINITY;
  let unreported = 0;
  return (error) => {
    unreported += 1;
    if (now() - reportedAt < repeatAfterMs) return;
    const times = unreported > 1 ? `, ${unreported} failures since the last report` : '';
    reportedAt = now();
    unreported = 0;
    warn(
      `Redis fails: ${toCause(error)}${times}. Until it works, this replica works alone: within its share of each quota (see REPLICAS), without what other replicas have learnt.`,
    );
  };
};

/** Where a host has several addresses, Node gives one error for each, and the error that holds them has no message. */
const toCause = (error: Error): string => {
  const causes = error instanceof AggregateError ? (error.errors as readonly Error[]) : [error];
  return causes.map(({ message }) => message).join(', ');
};
