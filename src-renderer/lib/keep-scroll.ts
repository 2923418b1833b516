/**
 * How far down a place was when one went on from it: Back finds it there again. Each step of the history has a name of its
 * own, which the browser keeps with it; what was never there begins at its top.
 */
export class KeptScroll {
  readonly #history: Pick<History, 'state' | 'replaceState'>;
  readonly #at = new Map<string, number>();
  #step: string;

  constructor(history: Pick<History, 'state' | 'replaceState'>) {
    this.#history = history;
    this.#step = this.#named();
  }

  /** To be called when the address has changed, while what it was left for is still shown. @param top pixels, of that */
  leave(top: number): void {
    this.#at.set(this.#step, top);
    this.#step = this.#named();
  }

  /** Of what the address leads to, pixels from the top. */
  get top(): number {
    return this.#at.get(this.#step) ?? 0;
  }

  /** The name of the step that the history is at. */
  #named(): string {
    const state = this.#history.state as { step?: string } | null;
    if (state?.step !== undefined) return state.step;
    const step = `${performance.timeOrigin + performance.now()}`; // a page that is loaded again names others
    this.#history.replaceState({ ...state, step }, '');
    return step;
  }
}
