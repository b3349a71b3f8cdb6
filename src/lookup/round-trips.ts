import DataLoader from 'dataloader';

/**
 * Asks together what is asked in the same moment, and while a round trip is under way gathers what comes for the next:
 * the more is asked, the fewer questions there are for each answer.
 * @param mostPerTrip what is more than that goes on a trip of its own
 */
export const createRoundTrips = <Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  mostPerTrip: number,
): ((question: Question) => Promise<Answer>) => {
  let underWay: Promise<unknown> | undefined;
  const travel = (questions: readonly Question[]): Promise<readonly Answer[]> => {
    const trip = ask(questions);
    const end = () => {
      if (underWay === over) underWay = undefined;
    };
    const over = trip.then(end, end);
    underWay = over;
    return trip;
  };
  const loader = new DataLoader<Question, Answer>(travel, {
    cache: false,
    maxBatchSize: mostPerTrip,
    batchScheduleFn: (leave) => {
      if (underWay) underWay.then(leave);
      else Promise.resolve().then(() => process.nextTick(leave));
    },
  });
  return (question) => loader.load(question);
};
