/** Loaded before a replica (`--import`): its time of day is so many milliseconds ahead; nothing else is. */
const aheadMs = Number(process.env.DATE_AHEAD_MS);

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + aheadMs] : args, newTarget),
  get: (target, name) => (name === 'now' ? () => target.now() + aheadMs : Reflect.get(target, name)),
});
