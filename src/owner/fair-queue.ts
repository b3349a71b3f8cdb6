/**
 * Items in the order of a number, and equal ones in the order in which they came. A plain array: adding moves the items
 * behind, which costs microseconds for the ten thousand that are kept at most.
 * @param rankOf the item's number, which stays the same while it is in the list
 */
export const createSortedList = <Item>(rankOf: (item: Item) => number) => {
  const items: Item[] = [];

  const indexAfter = (rank: number): number => {
    let from = 0;
    let to = items.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (rankOf(items[middle] as Item) <= rank) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    get length() {
      return items.length;
    },
    get first(): Item | undefined {
      return items[0];
    },
    add: (item: Item): void => {
      items.splice(indexAfter(rankOf(item)), 0, item);
    },
    remove: (item: Item): void => {
      let index = indexAfter(rankOf(item)) - 1;
      while (index >= 0 && items[index] !== item) index -= 1;
      if (index >= 0) items.splice(index, 1);
    },
    shift: (): Item | undefined => items.shift(),
  };
};

type SortedList<Item> = ReturnType<typeof createSortedList<Item>>;

/** Places are counted exactly up to here; further back, the end of the round is given instead. */
const mostLookedThrough = 2_000;

/** Members that take turns, and how many items each has. The items themselves are kept elsewhere. */
const createRing = <Member>() => {
  /** In the order of turns: the order in which a map's keys were set. */
  const lengths = new Map<Member, number>();
  /** How many members have at least so many items. */
  const withAtLeast: number[] = [0];
  let length = 0;

  const lengthOf = (member: Member): number => lengths.get(member) ?? 0;

  const remove = (member: Member): void => {
    const had = lengthOf(member);
    length -= 1;
    withAtLeast[had] = (withAtLeast[had] ?? 0) - 1;
    if (had > 1) lengths.set(member, had - 1);
    else lengths.delete(member);
  };

  /** How many items the members take in so many rounds, at most. */
  const sizeOf = (rounds: number): number => {
    let size = 0;
    const last = Math.min(rounds, withAtLeast.length - 1);
    for (let least = 1; least <= last; least += 1) size += withAtLeast[least] ?? 0;
    return size;
  };

  return {
    get length() {
      return length;
    },
    lengthOf,
    remove,
    add: (member: Member): void => {
      const has = lengthOf(member) + 1;
      length += 1;
      lengths.set(member, has);
      withAtLeast[has] = (withAtLeast[has] ?? 0) + 1;
    },
    /** The member whose turn it is. It goes to the end, with one item less. */
    next: (): Member | undefined => {
      const [member] = lengths.keys();
      if (member === undefined) return undefined;
      remove(member);
      const left = lengthOf(member);
      if (lengths.delete(member)) lengths.set(member, left);
      return member;
    },
    sizeOf,
    /** The place of a member's item among all, from 1, at most. @param round its number among the member's own, from 1 */
    placeOf: (member: Member, round: number): number => {
      let place = sizeOf(round - 1) + 1;
      let looked = 0;
      for (const [other, has] of lengths) {
        if (other === member) return place;
        if (has >= round) place += 1;
        looked += 1;
        if (looked > mostLookedThrough) break;
      }
      return sizeOf(round);
    },
  };
};

type Ring<Member> = ReturnType<typeof createRing<Member>>;

/** One item in the queue, to find it again. */
export interface Place<Item> {
  readonly item: Item;
  readonly identity: Identity<Item>;
  /** Undefined: hot. */
  readonly request: Request<Item> | undefined;
  readonly ordinal: number;
  readonly knownAt: number;
}

/** What one request waits for, in the order in which it was wanted. */
interface Request<Item> {
  readonly name: string;
  readonly places: Set<Place<Item>>;
  added: number;
}

interface Identity<Item> {
  readonly name: string;
  readonly requests: Map<string, Request<Item>>;
  readonly cold: Ring<Request<Item>>;
  /** The oldest answer first. */
  readonly hot: SortedList<Place<Item>>;
  /** How many of its items found no room in the queue: whoever asks for that much counts as large. */
  turnedAway: number;
}

/**
 * An identity with more than so many items is large. All large ones together get every second turn while others wait:
 * half of the quota, so that whoever wants no more than this waits at most twice as long as alone, however many tasks are
 * asked for or watched, and by however many.
 */
const largestSmall = 20;

/**
 * Who gets the next permit. *Cold* is what somebody waits for, *hot* what is renewed in the background. Large and small
 * callers alternate while both have something; of each, cold and hot. Identities take turns then, then the requests of
 * an identity, each in the order of its wants; the oldest renewal of an identity goes first.
 */
export interface FairQueue<Item> {
  readonly cold: number;
  readonly hot: number;
  addCold(item: Item, identity: string, request: string): Place<Item>;
  /** @param knownAt when the answer that is to be renewed was given */
  addHot(item: Item, identity: string, knownAt: number): Place<Item>;
  take(): Item | undefined;
  remove(place: Place<Item>): void;
  /** How many items go before this cold one, at most. */
  aheadOf(place: Place<Item>): number;
  /** How many go before one that the request adds now, at most. */
  aheadOfNext(identity: string, request: string): number;
  /** An item of the identity found no room. */
  turnAway(identity: string): void;
  /** How many items the identity wants, if it is large and has to let others go before; otherwise undefined. */
  overShare(identity: string): number | undefined;
}

export const createFairQueue = <Item>(): FairQueue<Item> => {
  const createGroup = () => ({
    cold: createRing<Identity<Item>>(),
    hot: createRing<Identity<Item>>(),
    wasHot: false,
  });
  type Group = ReturnType<typeof createGroup>;
  const small = createGroup();
  const large = createGroup();
  const identities = new Map<string, Identity<Item>>();
  let wasLarge = false;

  const lengthOf = ({ cold, hot }: Pick<Group | Identity<Item>, 'cold' | 'hot'>): number =>
    cold.length + hot.length;

  const sizeOf = (identity: Identity<Item>): number => lengthOf(identity) + identity.turnedAway;

  const groupOf = (size: number): Group => (size > largestSmall ? large : small);

  const findIdentity = (name: string): Identity<Item> =>
    identities.get(name) ?? {
      name,
      requests: new Map(),
      cold: createRing(),
      hot: createSortedList(({ knownAt }) => knownAt),
      turnedAway: 0,
    };

  const findRequest = ({ requests }: Identity<Item>, name: string): Request<Item> =>
    requests.get(name) ?? { name, places: new Set(), added: 0 };

  /** An identity that becomes large, or small again, takes all its items with it: few, as it is at the limit. */
  const regroup = (identity: Identity<Item>, sizeBefore: number): void => {
    if (lengthOf(identity) === 0) identities.delete(identity.name);
    else identities.set(identity.name, identity);
    const [from, to] = [groupOf(sizeBefore), groupOf(sizeOf(identity))];
    if (from === to) return;
    for (const kind of ['cold', 'hot'] as const) {
      for (let count = from[kind].lengthOf(identity); count > 0; count -= 1) {
        from[kind].remove(identity);
        to[kind].add(identity);
      }
    }
  };

  const add = (place: Place<Item>): Place<Item> => {
    const { identity, request } = place;
    const before = sizeOf(identity);
    if (request) {
      request.places.add(place);
      request.added += 1;
      identity.requests.set(request.name, request);
      identity.cold.add(request);
    } else identity.hot.add(place);
    groupOf(before)[request ? 'cold' : 'hot'].add(identity);
    regroup(identity, before);
    return place;
  };

  const leaveRequest = ({ identity, request }: Place<Item>): void => {
    if (request?.places.size === 0) identity.requests.delete(request.name);
  };

  const remove = (place: Place<Item>): void => {
    const { identity, request } = place;
    const before = sizeOf(identity);
    if (request) {
      if (!request.places.delete(place)) return;
      identity.cold.remove(request);
      leaveRequest(place);
    } else identity.hot.remove(place);
    groupOf(before)[request ? 'cold' : 'hot'].remove(identity);
    regroup(identity, before);
  };

  const takeFrom = (group: Group): Place<Item> | undefined => {
    group.wasHot = group.hot.length > 0 && (group.cold.length === 0 || !group.wasHot);
    const identity = group[group.wasHot ? 'hot' : 'cold'].next();
    if (!identity) return undefined;
    const before = sizeOf(identity);
    if (group.wasHot) {
      const renewal = identity.hot.shift();
      regroup(identity, before);
      return renewal;
    }
    const request = identity.cold.next();
    const [first] = request?.places ?? [];
    if (first) {
      request?.places.delete(first);
      leaveRequest(first);
    }
    regroup(identity, before);
    return first;
  };

  /**
   * @param place among the cold items of the group, from 1
   * @param joining an identity that joins the group with its next item, from the other group
   */
  const toAhead = (place: number, group: Group, joining?: Identity<Item>): number => {
    const hot = group.hot.length + (joining?.hot.length ?? 0);
    const others = lengthOf(group === large ? small : large) - (joining ? lengthOf(joining) : 0);
    const inGroup = place + Math.min(place, hot);
    return inGroup + Math.min(inGroup, others) - 1;
  };

  return {
    get cold() {
      return small.cold.length + large.cold.length;
    },
    get hot() {
      return small.hot.length + large.hot.length;
    },
    addCold: (item, name, requestName) => {
      const identity = findIdentity(name);
      const request = findRequest(identity, requestName);
      return add({ item, identity, request, ordinal: request.added, knownAt: Number.NaN });
    },
    addHot: (item, name, knownAt) =>
      add({ item, identity: findIdentity(name), request: undefined, ordinal: 0, knownAt }),
    take: () => {
      wasLarge = lengthOf(large) > 0 && (lengthOf(small) === 0 || !wasLarge);
      return takeFrom(wasLarge ? large : small)?.item;
    },
    remove,
    aheadOf: ({ identity, request, ordinal }) => {
      const [first] = request?.places ?? [];
      const inRequest = Math.min(ordinal - (first?.ordinal ?? 0) + 1, request?.places.size ?? 0);
      const group = groupOf(sizeOf(identity));
      const inIdentity = request ? identity.cold.placeOf(request, inRequest) : 0;
      return toAhead(group.cold.placeOf(identity, inIdentity), group);
    },
    aheadOfNext: (name, requestName) => {
      const identity = findIdentity(name);
      // Those who have more than this one may still take their turn of the last round before it does.
      const place = identity.cold.sizeOf(findRequest(identity, requestName).places.size + 1) + 1;
      const group = groupOf(sizeOf(identity) + 1);
      const own = Math.min(group.cold.lengthOf(identity), place);
      const isJoining = group !== groupOf(sizeOf(identity));
      return toAhead(group.cold.sizeOf(place) - own + place, group, isJoining ? identity : undefined);
    },
    turnAway: (name) => {
      const identity = identities.get(name);
      if (!identity) return;
      const before = sizeOf(identity);
      identity.turnedAway += 1;
      regroup(identity, before);
    },
    overShare: (name) => {
      const identity = identities.get(name);
      if (!identity || groupOf(sizeOf(identity)) === small) return undefined;
      return lengthOf(identity) < lengthOf(small) + lengthOf(large) ? sizeOf(identity) : undefined;
    },
  };
};
