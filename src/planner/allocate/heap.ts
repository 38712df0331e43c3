/** A priority queue of items by a number, smallest first. */
export class MinHeap<T> {
  readonly #items: { rank: number; item: T }[] = [];

  push(rank: number, item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push({ rank, item });
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#rank(parent) <= rank) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the first item out if its rank is at most the limit. */
  popUpTo(limit: number): T | undefined {
    const items = this.#items;
    const first = items[0];
    if (first === undefined || first.rank > limit) return undefined;
    const last = items.pop();
    if (last !== undefined && items.length > 0) {
      items[0] = last;
      this.#sink();
    }
    return first.item;
  }

  #rank(at: number): number {
    return this.#items[at]?.rank ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#items[a], this.#items[b]];
    if (x === undefined || y === undefined) return;
    this.#items[a] = y;
    this.#items[b] = x;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#rank(left + 1) < this.#rank(left) ? left + 1 : left;
      if (this.#rank(child) >= this.#rank(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }
}
