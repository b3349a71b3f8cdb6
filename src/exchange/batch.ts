/** Gathers what comes in one turn of the event loop, and hands it over together. */
export const createBatch = <Item>(
  send: (items: readonly Item[]) => void,
  mostItems: number,
): ((item: Item) => void) => {
  let items: Item[] = [];
  const flush = (): void => {
    const gathered = items;
    items = [];
    for (let start = 0; start < gathered.length; start += mostItems) {
      send(gathered.slice(start, start + mostItems));
    }
  };
  return (item) => {
    items.push(item);
    // Behind the promises of this turn, which may bring more.
    if (items.length === 1) Promise.resolve().then(() => process.nextTick(flush));
  };
};
