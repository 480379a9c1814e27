/** First in, first out, in constant time however long it grows (`Array.shift` moves every element). */
export interface Fifo<Item> {
  readonly size: number;
  push(item: Item): void;
  peek(): Item | undefined;
  shift(): Item | undefined;
  clear(): void;
}

const COMPACT_AFTER = 1024;

export function createFifo<Item>(): Fifo<Item> {
  let items: Item[] = [];
  let head = 0;

  return {
    get size() {
      return items.length - head;
    },
    push: (item) => void items.push(item),
    peek: () => items[head],
    shift() {
      const item = items[head];
      if (head < items.length) head += 1;
      if (head >= COMPACT_AFTER && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    clear() {
      items = [];
      head = 0;
    },
  };
}
