const CHUNK = 65_536;

/** Hands out small arrays of zeros from few large ones: thousands of small buffers cost more than the sums in them. */
export class Arena {
  #floats = new Float64Array(CHUNK);
  #nextFloat = 0;
  #bytes = new Uint8Array(CHUNK);
  #nextByte = 0;

  floats(length: number): Float64Array {
    if (this.#nextFloat + length > this.#floats.length) {
      this.#floats = new Float64Array(Math.max(CHUNK, length));
      this.#nextFloat = 0;
    }
    const from = this.#nextFloat;
    this.#nextFloat += length;
    return this.#floats.subarray(from, this.#nextFloat);
  }

  bytes(length: number): Uint8Array {
    if (this.#nextByte + length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(CHUNK, length));
      this.#nextByte = 0;
    }
    const from = this.#nextByte;
    this.#nextByte += length;
    return this.#bytes.subarray(from, this.#nextByte);
  }
}
