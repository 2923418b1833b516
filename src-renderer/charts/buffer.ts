/**
 * A curve of bounded size. While there is room every value is a bucket of its own; when it is full, neighbours
 * are merged two by two, keeping the last value and the extremes of each, never a random sample. Memory stays
 * flat however long a run is.
 */
export interface Bucket {
  /** `step`, `epoch`, `trainingSeconds` and `at` are those of the last value in the bucket. */
  step: number;
  epoch: number;
  trainingSeconds: number;
  /** Milliseconds since 1970. */
  at: number;
  last: number;
  min: number;
  max: number;
}

export class CurveBuffer {
  readonly capacity: number;
  buckets: Bucket[] = [];
  /** Values that make one bucket: 1, 2, 4, ... */
  #width = 1;
  /** Values in the newest bucket. */
  #filled = 0;

  constructor(capacity = 1000) {
    this.capacity = capacity;
  }

  /** Adds the next value; one at or before the last step is a repeat after a reconnection and is left out. */
  push(value: Bucket): void {
    const newest = this.buckets.at(-1);
    if (newest && value.step <= newest.step) return;
    if (newest && this.#filled < this.#width) {
      this.buckets[this.buckets.length - 1] = merge(newest, value);
      this.#filled++;
      return;
    }
    if (this.buckets.length === this.capacity) {
      this.#halve();
      return this.push(value);
    }
    this.buckets.push(value);
    this.#filled = 1;
  }

  clear(): void {
    this.buckets = [];
    this.#width = 1;
    this.#filled = 0;
  }

  #halve(): void {
    const merged: Bucket[] = [];
    for (let i = 0; i + 1 < this.buckets.length; i += 2) merged.push(merge(this.buckets[i]!, this.buckets[i + 1]!));
    if (this.buckets.length % 2) {
      merged.push(this.buckets.at(-1)!);
    } else this.#filled = this.#width * 2;
    this.buckets = merged;
    this.#width *= 2;
  }
}

const merge = (a: Bucket, b: Bucket): Bucket => ({ ...b, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
