/** The names of operations as labels: clients choose them, so only the first so many are told apart. */
const maxNames = 100;

/** Longer names are not worth their room in every scrape. */
const maxLength = 60;

/**
 * @param operation a name as a client gave it
 * @returns it, `anonymous` without one, or `other` once there are too many
 */
export const createOperationNames = (most = maxNames): ((operation: string | undefined) => string) => {
  const known = new Set<string>();
  return (operation) => {
    if (!operation) return 'anonymous';
    if (known.has(operation)) return operation;
    if (known.size >= most || operation.length > maxLength) return 'other';
    known.add(operation);
    return operation;
  };
};
