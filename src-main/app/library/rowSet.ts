/**
 * Numbers of rows, a byte each up to the largest: a Set of a million is put anew as it grows, and copied, for a tenth of
 * a second and more.
 */
export class RowSet {
  #is = new Uint8Array(1024);

  add(row: number): void {
    if (row >= this.#is.length) {
      const larger = new Uint8Array(Math.max(2 * this.#is.length, row + 1));
      larger.set(this.#is);
      this.#is = larger;
    }
    this.#is[row] = 1;
  }

  has(row: number): boolean {
    return this.#is[row] === 1;
  }
}
