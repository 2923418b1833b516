/**
 * Where one looks at the map: the size of its canvas, the view, and what moves it. Before the canvas has a size there
 * is no view, and nothing moves.
 */
import { fit, toMap, toScreen, zoomAt } from './geometry.ts';
import type { View } from './geometry.ts';

/** How far a press of an arrow key moves the map, CSS px. */
const stride = 60;

export class Camera {
  /** Size of the canvas, CSS px. */
  width = $state(0);
  height = $state(0);
  view = $state.raw<View | null>(null);

  /** How far in, 1 where all is shown. */
  get magnification(): number {
    return this.view && this.width ? this.view.scale / fit(this.width, this.height).scale : 1;
  }

  showAll = (): void => {
    this.view = fit(this.width, this.height);
  };

  /** Zooms in by `factor` (below 1: out) around (x, y) in CSS px, else around the middle. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const { view, width, height } = this;
    if (view) this.view = zoomAt(view, x, y, factor, width, height, fit(width, height).scale);
  }

  /** Moves what is shown by (x, y) CSS px from where it was in `from`, the view that the drag began with. */
  drag(x: number, y: number, from = this.view): void {
    if (from) this.view = { ...from, x: from.x - x / from.scale, y: from.y + y / from.scale };
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
