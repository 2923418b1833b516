/**
 * Spreads the redrawing of many charts over frames: each asks when it has news, one is drawn per animation
 * frame, and none more often than `interval`. So no frame carries more than one chart, however fast events come.
 */
interface Entry {
  draw(): void;
  last: number;
}

const waiting = new Map<object, Entry>();
const lastDrawn = new WeakMap<object, number>();
let scheduled = false;

function pump(now: number): void {
  scheduled = false;
  for (const [key, entry] of waiting) {
    if (now < entry.last) continue;
    waiting.delete(key);
    lastDrawn.set(key, now);
    entry.draw();
    break;
  }
  if (waiting.size) schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(pump);
}

/**
 * Calls `draw` in a frame soon, at least `interval` ms after the last drawing of `key`. Asked again before that, only
 * the newer `draw` is called.
 */
export function requestDraw(key: object, draw: () => void, interval = 400): void {
  waiting.set(key, { draw, last: (lastDrawn.get(key) ?? -Infinity) + interval });
  schedule();
}

/** Forgets what was asked for: the chart is gone. */
export function cancelDraw(key: object): void {
  waiting.delete(key);
}
