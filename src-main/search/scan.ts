/**
 * A few queries over many rows: the signs of a tile say which rows may be among the best, and the levels of those are
 * read. Where many may be, as in the first tiles and where all rows are about as near, the levels of all rows of a tile
 * are read, which lie side by side, and signs are asked again some tiles later.
 */
import type { Rows } from './rows.ts';
import type { TopK } from './topK.ts';

/** Share of a tile's rows above which all are read. */
const MANY = 0.08;
/** Above so many wanted the k-th best is hardly above the worst candidate, and keeping it costs more than it saves. */
const MANY_WANTED = 100;
/** Most tiles that are read before signs are asked again; one at first, then twice as many and one each time. */
const MOST_AT_ONCE = 15;

/**
 * Gives `top` the rows from .. to - 1 that may be among the best of `count` queries, which were set as levels: those that
 * no rounding of levels brings among the k best are not read, or not compared.
 */
export function scan(rows: Rows, top: TopK, count: number, from: number, to: number): void {
  const best = top.k <= MANY_WANTED ? top.withoutMargin() : null;
  const waits = Array.from({ length: count }, () => ({ last: 0, left: 0 }));
  // The k-th best is off as well, by chance the other way.
  const floor = (q: number) => (best ? best.threshold(q) - Math.SQRT2 * rows.levelError(q) : -Infinity);
  for (let first = from; first < to; first += rows.levelTile) {
    const tile = Math.min(rows.levelTile, to - first);
    for (const [q, wait] of waits.entries()) {
      const threshold = Math.max(top.threshold(q), floor(q));
      let above: Int32Array | null = null;
      if (rows.signs && threshold > -Infinity && wait.left-- <= 0) {
        above = rows.likelyProducts(first, tile, q, threshold, MANY * tile);
        wait.last = above ? 0 : Math.min(2 * wait.last + 1, MOST_AT_ONCE);
        wait.left = wait.last;
      }
      above ??= rows.levelProducts(first, tile, q, threshold);
      top.addSome(q, rows.scores, above, first);
      best?.addSome(q, rows.scores, above, first);
    }
  }
  for (let q = 0; q < count; q++) top.leaveBelow(q, floor(q));
}
