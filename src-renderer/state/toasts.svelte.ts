/**
 * Short notices at the edge of the window: what was done, with its undo, or what went wrong. Each goes after
 * its time; while a person points at it or its button has the focus, it stays.
 */
export interface Toast {
  id: number;
  kind: 'info' | 'error';
  text: string;
  action: { label: string; run: () => void } | null;
}

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 1;
  readonly #timers = new Map<number, { handle: ReturnType<typeof setTimeout>; seconds: number }>();

  /** `seconds` 0: until dismissed. */
  show(
    kind: Toast['kind'],
    text: string,
    { action = null, seconds = kind === 'error' ? 12 : 5 }: { action?: Toast['action']; seconds?: number } = {},
  ): number {
    const id = this.#next++;
    // The same complaint twice is one complaint.
    for (const old of this.list) if (old.text === text && !old.action) this.dismiss(old.id);
    this.list = [...this.list, { id, kind, text, action }].slice(-4);
    if (seconds > 0) this.#timers.set(id, { handle: setTimeout(() => this.dismiss(id), seconds * 1000), seconds });
    return id;
  }

  dismiss = (id: number): void => {
    const timer = this.#timers.get(id);
    if (timer) clearTimeout(timer.handle);
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  };

  /** Someone is looking at it: it stays until `release`. */
  hold = (id: number): void => {
    const timer = this.#timers.get(id);
    if (timer) clearTimeout(timer.handle);
  };

  release = (id: number): void => {
    const timer = this.#timers.get(id);
    if (timer) timer.handle = setTimeout(() => this.dismiss(id), timer.seconds * 1000);
  };
}
