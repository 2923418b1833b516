/**
 * Where one looks at the map: the size of its window, the view, and what moves it. Before the window has a size there
 * is no view, and nothing moves.
 */
import { fit, toMap, toScreen, zoomAt } from './geometry.ts';
import type { View } from './geometry.ts';

/** Of a press of an arrow key, CSS px. */
const stride = 60;

export class Camera {
  /** CSS px. */
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

  /** Around (x, y) on the screen, else around the middle. */
  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const { view, width, height } = this;
    if (view) this.view = zoomAt(view, x, y, factor, width, height, fit(width, height).scale);
  }

  /** What is under the pointer moves with it: (x, y) in px from `from`, the view that it began with. */
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

  /** The place under a pixel; this and the next two where there is a view. */
  toMap = (x: number, y: number): [number, number] => toMap(x, y, this.view!, this.width, this.height);
  toScreen = (x: number, y: number): [number, number] => toScreen(x, y, this.view!, this.width, this.height);
  /** So many px in units of the map. */
  units = (pixels: number): number => pixels / this.view!.scale;
}
