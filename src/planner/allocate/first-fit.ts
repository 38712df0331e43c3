/**
 * A row of places with a free amount each, which finds the first place from a position on that has enough
 * left, in O(log n): a binary tree of maxima.
 */
export class FirstFit {
  readonly #size: number;
  readonly #leaves: number;
  readonly #max: Int32Array;

  constructor(amounts: readonly number[]) {
    this.#size = amounts.length;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(amounts.length, 1)));
    this.#max = new Int32Array(2 * this.#leaves).fill(-1);
    this.#max.set(amounts, this.#leaves);
    for (let node = this.#leaves - 1; node >= 1; node--) this.#update(node);
  }

  #at(node: number): number {
    return this.#max[node] ?? -1;
  }

  #update(node: number): void {
    this.#max[node] = Math.max(this.#at(2 * node), this.#at(2 * node + 1));
  }

  get(index: number): number {
    return this.#at(this.#leaves + index);
  }

  set(index: number, amount: number): void {
    let node = this.#leaves + index;
    this.#max[node] = amount;
    for (node >>= 1; node >= 1; node >>= 1) this.#update(node);
  }

  /** The first index at or after start, then from the beginning, with at least this amount. */
  find(start: number, amount: number): number | undefined {
    if (this.#size === 0) return undefined;
    return this.#from(start, amount) ?? this.#from(0, amount);
  }

  #from(start: number, amount: number): number | undefined {
    let node = this.#leaves + start;
    if (this.#at(node) < amount) {
      // Up until a right-hand neighbour has enough.
      while (node > 1 && (node % 2 === 1 || this.#at(node + 1) < amount)) node >>= 1;
      if (node <= 1) return undefined;
      node += 1;
    }
    while (node < this.#leaves) node = 2 * node + (this.#at(2 * node) >= amount ? 0 : 1);
    return node - this.#leaves;
  }
}
