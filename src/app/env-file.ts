const assignment = /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/;
const blankOrComment = /^\s*(?:#.*)?$/;

/**
 * Finds the lines of a `.env` file that are neither `NAME=value`, nor a comment, nor blank; Node ignores them.
 * A line's text may hold a secret, so only its number is given.
 */
export const findEnvFileFaults = (text: string): string[] => {
  const faults: string[] = [];
  let openQuote: string | undefined;
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n|\r/)
    .entries()) {
    if (openQuote !== undefined) {
      if (line.includes(openQuote)) openQuote = undefined;
      continue;
    }
    const [, value] = assignment.exec(line) ?? [];
    if (value !== undefined) openQuote = findOpenQuote(value);
    else if (!blankOrComment.test(line)) faults.push(`.env: line ${index + 1} is not NAME=value.`);
  }
  if (openQuote !== undefined) faults.push(`.env: a value that begins with ${openQuote} does not end.`);
  return faults;
};

/** The quotation mark of a value that continues in the next line. */
const findOpenQuote = (value: string): string | undefined => {
  const [quote] = /^["'`]/.exec(value) ?? [];
  return quote !== undefined && !value.includes(quote, 1) ? quote : undefined;
};
