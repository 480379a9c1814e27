/** Those who wait, each for somebody: whoever has many in it delays their own, and nobody else's. */
export interface FairQueue<Item> {
  /**
   * Adds one of `owner`'s to the end of theirs. Returns who has to leave for it once the queue is full: the last of
   * whoever has most waiting, which may be the new one itself.
   */
  add(owner: string, item: Item): Item | undefined;
  /** The next one: of each owner in turn, in the order in which they came. */
  next(): Item | undefined;
}

/** `most` is how many wait at the same time, of all owners together. */
export function createFairQueue<Item>(most: number): FairQueue<Item> {
  // A map keeps the order of insertion, which is the order of turns. Nobody is in it who has none waiting.
  const waiting = new Map<string, Item[]>();
  let size = 0;

  function add(owner: string, item: Item): void {
    const own = waiting.get(owner);
    if (own) own.push(item);
    else waiting.set(owner, [item]);
    size += 1;
  }

  function removeLastOf(owner: string, own: Item[]): Item | undefined {
    if (own.length === 1) waiting.delete(owner);
    size -= 1;
    return own.pop();
  }

  return {
    add(owner, item) {
      if (size < most) {
        add(owner, item);
        return undefined;
      }
      const [longest] = [...waiting].toSorted(([, one], [, other]) => other.length - one.length);
      const owned = waiting.get(owner)?.length ?? 0;
      // Changing places with somebody who has no more waiting would help nobody.
      if (!longest || longest[1].length <= owned + 1) return item;
      const left = removeLastOf(...longest);
      add(owner, item);
      return left;
    },
    next() {
      const [turn] = waiting;
      if (!turn) return undefined;
      const [owner, own] = turn;
      const item = own.shift();
      size -= 1;
      // To the end of the turns, if there are more.
      waiting.delete(owner);
      if (own.length > 0) waiting.set(owner, own);
      return item;
    },
  };
}
