/**
 * Where one looks at the map: the size of its canvas, the view, and what moves it. Before the canvas has a size there
 * is no view, and nothing moves.
 */
import { fit, toMap, toScreen, zoomAt } from './geometry.ts';
import type { View } from './geometry.ts';

/** How far a press of an arrow key moves the map, CSS px. */
const stride = 60;
/** From the map's lower edge to the legend (Legend.svelte), CSS px. */
const gap = 10;

export class Camera {
  /** Size of the canvas, CSS px. */
  width = $state(0);
  height = $state(0);
  view = $state.raw<View | null>(null);
  /** Height of the legend that lies over the map's lower edge, CSS px; 0: there is none. */
  legend = 0;
  /** All is shown, and stays so when the canvas changes its size: nobody has moved it since. */
  #isAll = true;

  /** Of a legend that is higher than a third of the map, the rest lies over the points. */
  get #fit(): View {
    return fit(this.width, this.height, Math.min(this.legend && this.legend + gap, this.height / 3));
  }

  /** How far in, 1 where all is shown. */
  get magnification(): number {
    return this.view && this.width ? this.view.scale / this.#fit.scale : 1;
  }

  showAll = (): void => {
    this.#isAll = true;
    this.view = this.#fit;
  };

  /** After the size of the canvas or of the legend has changed. */
  resized(legend: number): void {
    this.legend = legend;
    if (this.#isAll && this.width > 0 && this.height > 0) this.showAll();
  }

  /** Zooms in by `factor` (below 1: out) around (x, y) in CSS px, else around the middle. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const { view, width, height } = this;
    if (!view) return;
    this.#isAll = false;
    this.view = zoomAt(view, x, y, factor, width, height, this.#fit.scale);
  }

  /** Moves what is shown by (x, y) CSS px from where it was in `from`, the view that the drag began with. */
  drag(x: number, y: number, from = this.view): void {
    if (!from) return;
    this.#isAll = false;
    this.view = { ...from, x: from.x - x / from.scale, y: from.y + y / from.scale };
  }

  /** @returns whether the key moved it */
  press(key: string): boolean {
    if (!this.view) return false;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.drag(stride, 0),
      ArrowRight: () => this.drag(-stride, 0),
      ArrowUp: () => this.drag(0, stride),
      ArrowDown: () => this.drag(0, -stride),
      '+': () => this.zoom(1.4),
      '=': () => this.zoom(1.4),
      '-': () => this.zoom(1 / 1.4),
      '0': this.showAll,
    };
    if (!Object.hasOwn(moves, key)) return false;
    moves[key]!();
    return true;
  }

  /** The map coordinates under a pixel. This and the next two may be called only where there is a view. */
  toMap = (x: number, y: number): [number, number] => toMap(x, y, this.view!, this.width, this.height);
  toScreen = (x: number, y: number): [number, number] => toScreen(x, y, this.view!, this.width, this.height);
  /** A length in CSS px as one in map units. */
  units = (pixels: number): number => pixels / this.view!.scale;
}
