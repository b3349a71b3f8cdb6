/** The measurements of the viewers of one contestant. */
export interface Sightings {
  /** How long each poll took, in ms. */
  readonly latencies: number[];
  /** The same for polls begun after every task had been seen once. */
  readonly warmLatencies: number[];
  /** How old each answer with data was when it arrived, in ms. */
  readonly ages: number[];
  answers: number;
  answersWithData: number;
  /** From the moment every task had been seen once. */
  warmAnswers: number;
  warmAnswersWithData: number;
}

export interface Plan {
  readonly addresses: readonly string[];
  readonly ids: readonly string[];
  readonly viewers: number;
  readonly pollEveryMs: number;
  readonly durationMs: number;
}

interface Answer {
  readonly id: string;
  readonly fetchedAt: string | null;
  readonly problem: { readonly code: string } | null;
}

const query = `query Poll($ids: [ID!]!) {
  mediaTasks(ids: $ids) { id kind status progress fetchedAt stale nextPollAfterMs failure { message } problem { code } }
}`;

/** Lets so many viewers poll the same tasks, their polls spread evenly over the interval. */
export const watch = async (plan: Plan): Promise<Sightings> => {
  const sightings: Sightings = {
    latencies: [],
    warmLatencies: [],
    ages: [],
    answers: 0,
    answersWithData: 0,
    warmAnswers: 0,
    warmAnswersWithData: 0,
  };
  const unseen = new Set(plan.ids);
  const endsAt = Date.now() + plan.durationMs;

  const poll = async (address: string): Promise<void> => {
    const isWarm = unseen.size === 0;
    const begun = performance.now();
    const answers = await ask(address, plan.ids);
    const latency = performance.now() - begun;
    sightings.latencies.push(latency);
    if (isWarm) sightings.warmLatencies.push(latency);
    const now = Date.now();
    for (const { id, fetchedAt, problem } of answers) {
      const hasData = problem === null;
      sightings.answers += 1;
      if (isWarm) sightings.warmAnswers += 1;
      if (!hasData) continue;
      sightings.answersWithData += 1;
      if (isWarm) sightings.warmAnswersWithData += 1;
      if (fetchedAt) sightings.ages.push(now - Date.parse(fetchedAt));
      unseen.delete(id);
    }
  };

  const view = async (viewer: number): Promise<void> => {
    const address = plan.addresses[viewer % plan.addresses.length] ?? '';
    let next = Date.now() + (viewer / plan.viewers) * plan.pollEveryMs;
    while (next < endsAt) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      await poll(address);
      // A delayed viewer keeps its own schedule; otherwise all that waited for the same task would poll together from then on.
      next += plan.pollEveryMs * Math.max(1, Math.ceil((Date.now() - next) / plan.pollEveryMs));
    }
  };

  await Promise.all(Array.from({ length: plan.viewers }, (_, viewer) => view(viewer)));
  return sightings;
};

const ask = async (address: string, ids: readonly string[]): Promise<readonly Answer[]> => {
  const reply = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { ids } }),
  });
  // An overloaded contestant may answer with nothing but an error.
  const { data } = (await reply.json()) as { data?: { mediaTasks: readonly Answer[] } | null };
  return data?.mediaTasks ?? [];
};

/** The value that this part of all values does not exceed. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};
