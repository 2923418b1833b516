/** Broadcast of state: every host's `serve` listens here. */
import type { AppEvent } from '../../shared/contract.ts';

export class AppEvents {
  readonly #listeners = new Set<(event: AppEvent) => void>();

  on(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(event: AppEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Calls `work` at most every `milliseconds`, the last call always getting through. Returns it with its `flush`. */
export function throttled(work: () => void, milliseconds: number): { (): void; flush(): void } {
  let timer: NodeJS.Timeout | null = null;
  let last = -Infinity;
  const run = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    last = performance.now();
    work();
  };
  const call = () => {
    if (timer) return;
    const wait = last + milliseconds - performance.now();
    if (wait <= 0) run();
    else timer = setTimeout(run, wait);
  };
  return Object.assign(call, { flush: () => void (timer && run()) });
}
