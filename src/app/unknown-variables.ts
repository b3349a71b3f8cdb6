/** Shorter names are too common to count as misspelled: HOSTS is not our HOST. */
const shortestMisspelled = 6;

/**
 * One line for each variable that is set and not read, but looks like one of ours: at most two edits away from a name that
 * is read, or with the prefix of a provider. Only names are compared, never values.
 *
 * @param names the variables that are set
 * @param known the variables that are read
 */
export const findUnknownVariables = (names: Iterable<string>, known: ReadonlySet<string>): string[] => {
  const prefixes = new Set([...known].filter((name) => name.endsWith('_QPS')).map(toPrefix));
  return [...names]
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const meant = findMeant(name, known);
      if (meant) return `${name} is not a variable of this program: did you mean ${meant}?`;
      const prefix = toPrefix(name);
      if (!prefixes.has(prefix)) return [];
      const family = [...known].filter((each) => toPrefix(each) === prefix).sort();
      return `${name} is not a variable of this program: those with ${prefix} are ${family.join(', ')}.`;
    });
};

/** `ZEGO_APP_ID` → `ZEGO_`. */
const toPrefix = (name: string): string => name.slice(0, name.indexOf('_') + 1);

const findMeant = (name: string, known: ReadonlySet<string>): string | undefined => {
  const [nearest] = [...known]
    .filter((each) => each.length >= shortestMisspelled)
    .map((each) => ({ name: each, edits: countEdits(name.toUpperCase(), each) }))
    .filter((each) => each.edits <= (each.name.length < 12 ? 1 : 2))
    .sort((one, other) => one.edits - other.edits);
  return nearest?.name;
};

/** The edit distance, with the swap of two neighbours as one edit (optimal string alignment). */
const countEdits = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, length) => length);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
};

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
