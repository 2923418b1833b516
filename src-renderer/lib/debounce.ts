/**
 * The latest question wins: asks after a pause in typing, drops the answer of an older question, and tells the
 * other side to stop working on it.
 */
export class Latest {
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #controller: AbortController | null = null;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  ask(work: (signal: AbortSignal) => Promise<void>, delay = this.#milliseconds): void {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    this.#timer = setTimeout(() => void work(controller.signal), delay);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#controller = null;
  }
}
