/**
 * The latest question wins: asks after a pause in typing, drops the answer of an older question, and tells the
 * other side to stop working on it.
 */
export class Latest {
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #controller: AbortController | null = null;
  readonly #waiting: (() => void)[] = [];

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  ask(work: (signal: AbortSignal) => Promise<void>, delay = this.#milliseconds): void {
    this.#drop();
    const controller = new AbortController();
    this.#controller = controller;
    const ask = async () => {
      await work(controller.signal);
      if (this.#controller === controller) this.cancel();
    };
    this.#timer = setTimeout(() => void ask(), delay);
  }

  cancel(): void {
    this.#drop();
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when the latest question is answered, at once where none is open. */
  async idle(): Promise<void> {
    if (this.#controller) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#controller = null;
  }
}
