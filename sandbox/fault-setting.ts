import { DAY_MS, type FaultName, type FaultSetting, faultNamed, faultNames } from './faults.ts';

/** The setting in a request's body, or a sentence that says what is wrong with it. */
export function readFaultSetting(body: unknown): FaultSetting | string {
  if (typeof body !== 'object' || body === null) {
    return 'The body must be JSON such as {"fault":"slow","ms":1500}.';
  }
  const { fault, ...settings } = body as Record<string, unknown>;
  if (!isFaultName(fault)) return `No fault "${String(fault)}"; there are: ${faultNames.join(', ')}.`;
  const problems = Object.entries(settings).map(([name, value]) => problemOf(fault, name, value));
  return problems.find((problem) => problem !== undefined) ?? { ...settings, fault };
}

/** What a fault understands beside `taskId`, for people. */
export function settingsOf(fault: FaultName): string[] {
  const { ms, retryAfter, body } = faultNamed(fault);
  return [
    ...(ms ? [`ms (${ms.byDefault} by default)`] : []),
    ...(retryAfter ? ['retryAfter'] : []),
    ...(body ? ['body'] : []),
  ];
}

function isFaultName(word: unknown): word is FaultName {
  return faultNames.some((name) => name === word);
}

function problemOf(fault: FaultName, name: string, value: unknown): string | undefined {
  const { ms, retryAfter, body } = faultNamed(fault);
  if (name === 'taskId' || (name === 'body' && body)) {
    return typeof value === 'string' ? undefined : `The ${name} must be a string.`;
  }
  if (name === 'ms' && ms) {
    const isRight = Number.isSafeInteger(value) && ms.atLeast <= Number(value) && Number(value) <= DAY_MS;
    return isRight
      ? undefined
      : `The ms of "${fault}" must be a whole number from ${ms.atLeast} to ${DAY_MS}.`;
  }
  if (name === 'retryAfter' && retryAfter) {
    return /^[\x20-\x7e]*$/.test(String(value)) ? undefined : 'The retryAfter must be printable ASCII.';
  }
  return `The fault "${fault}" takes no "${name}"; it takes ${settingsOf(fault).join(' and ') || 'nothing'}.`;
}
