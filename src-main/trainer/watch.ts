/**
 * Waits for a device's answer. Ticks are counted rather than time, so that a laptop that slept through a step has
 * missed one tick and not its limit.
 */
export class CallWatch {
  readonly #onHung: (seconds: number) => void;
  #limit: number | null = null; // seconds
  #waited = 0;

  /** @param onHung told once, with the limit that was passed */
  constructor(onHung: (seconds: number) => void) {
    this.#onHung = onHung;
  }

  /** A call began that may take so many seconds; null: it came back. */
  set(seconds: number | null): void {
    this.#limit = seconds;
    this.#waited = 0;
  }

  tick(seconds: number): void {
    if (this.#limit === null) return;
    this.#waited += seconds;
    if (this.#waited < this.#limit) return;
    const limit = this.#limit;
    this.#limit = null;
    this.#onHung(limit);
  }
}
