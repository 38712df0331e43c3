/**
 * The draws of the simulation, so that a plan knows what a batch will draw: PostgreSQL's hashes of integers and
 * texts (Jenkins' lookup3), and the uniform, normal and smooth noise made of them (sql/functions/core). 64-bit
 * values are pairs of 32-bit words.
 */

/** A 64-bit value: its upper and lower word, as signed or unsigned 32-bit integers. */
export interface Key {
  readonly hi: number;
  readonly lo: number;
}

const START = 0x9e3779b9 + 3923095;
const TWO_TO_21 = 2 ** 21;
const TWO_TO_32 = 2 ** 32;
const TWO_TO_MINUS_53 = 2 ** -53;
const TWO_TO_MINUS_54 = 2 ** -54;
/** The constant that z takes its second hash with: bits 01 in turn. */
const ALTERNATING = 0x55555555;

// The state of the hash; its last two words are the result. Kept here so that a draw makes no object.
let a = 0;
let b = 0;
let c = 0;

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(): void {
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
}

function finish(): void {
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
}

function begin(length: number, hi: number, lo: number): void {
  a = (START + length) | 0;
  b = a;
  c = a;
  if (hi === 0 && lo === 0) return;
  a = (a + hi) | 0;
  b = (b + lo) | 0;
  mix();
}

/** hashint8extended; the result is left in b and c. */
function hashWords(valueHi: number, valueLo: number, seedHi: number, seedLo: number): void {
  begin(4, seedHi, seedLo);
  a = (a + (valueLo ^ (valueHi >= 0 ? valueHi : ~valueHi))) | 0;
  finish();
}

/** The key of a whole number. */
export function keyOf(value: number): Key {
  return { hi: Math.floor(value / TWO_TO_32) | 0, lo: value | 0 };
}

/** Both keys in one, bit by bit (#). */
export function combine(x: Key, y: Key): Key {
  return { hi: (x.hi ^ y.hi) | 0, lo: (x.lo ^ y.lo) | 0 };
}

/** hashint8extended(value, seed). */
export function hashKey(value: Key, seed: Key): Key {
  hashWords(value.hi | 0, value.lo | 0, seed.hi | 0, seed.lo | 0);
  return { hi: b, lo: c };
}

/** hashtextextended(text, seed) of a text in UTF-8. */
export function hashText(text: string, seed: Key): Key {
  const bytes = Buffer.from(text, 'utf8');
  begin(bytes.length, seed.hi | 0, seed.lo | 0);
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    a = (a + bytes.readInt32LE(at)) | 0;
    b = (b + bytes.readInt32LE(at + 4)) | 0;
    c = (c + bytes.readInt32LE(at + 8)) | 0;
    mix();
  }
  // What is left over, filled up with zeros; the lowest byte of the third word is kept for the length.
  const rest = Buffer.alloc(12);
  bytes.copy(rest, 0, at, Math.min(at + 8, bytes.length));
  bytes.copy(rest, 9, Math.min(at + 8, bytes.length));
  a = (a + rest.readInt32LE(0)) | 0;
  b = (b + rest.readInt32LE(4)) | 0;
  c = (c + rest.readInt32LE(8)) | 0;
  finish();
  return { hi: b, lo: c };
}

const NO_SEED: Key = { hi: 0, lo: 0 };

/** Key of the draws of a place or batch: the hash of its name. */
export function noiseKey(name: string): Key {
  return hashText(name, NO_SEED);
}

/** Seed of the draws of one purpose in a run. */
export function stream(seed: number, purpose: string): Key {
  return hashText(purpose, keyOf(seed));
}

/** The upper 53 bits of the hash as a share of 1. */
function share(): number {
  return ((b >>> 0) * TWO_TO_21 + (c >>> 11)) * TWO_TO_MINUS_53;
}

/** Uniform in [0, 1). */
export function uniform(seed: Key, n: number): number {
  hashWords(Math.floor(n / TWO_TO_32) | 0, n | 0, seed.hi, seed.lo);
  return share();
}

/** Standard normal. */
export function normal(seed: Key, n: number): number {
  const hi = Math.floor(n / TWO_TO_32) | 0;
  hashWords(hi, n | 0, seed.hi, seed.lo);
  const radius = Math.sqrt(-2 * Math.log(share() + TWO_TO_MINUS_54));
  hashWords(hi, n | 0, seed.hi ^ ALTERNATING, seed.lo ^ ALTERNATING);
  return radius * Math.cos(2 * Math.PI * share());
}

/** Smooth noise over about tau days with standard deviation sigma; remembers the draws around the last day. */
export class ValueNoise {
  readonly #seed: Key;
  readonly #tau: number;
  readonly #sigma: number;
  #step = Number.NaN;
  #from = 0;
  #to = 0;

  constructor(seed: Key, { tau, sigma }: { tau: number; sigma: number }) {
    this.#seed = seed;
    this.#tau = tau;
    this.#sigma = sigma;
  }

  at(day: number): number {
    const step = Math.floor(day / this.#tau);
    if (step !== this.#step) {
      this.#from = step === this.#step + 1 ? this.#to : normal(this.#seed, step);
      this.#to = normal(this.#seed, step + 1);
      this.#step = step;
    }
    const turn = Math.cos(Math.PI * (day / this.#tau - step));
    const mixed = (1 + turn) * this.#from + (1 - turn) * this.#to;
    return (this.#sigma * mixed) / Math.sqrt(2 + 2 * turn * turn);
  }
}
