/**
 * Short notices at the edge of the window: what was done, with its undo, or what went wrong. Each goes after
 * its time; while a person points at it or its button has the focus, it stays.
 */
export interface ToastAction {
  label: string;
  /** Whether it takes back what the notice says was done. */
  isUndo?: boolean;
  run: () => void;
}

export interface Toast {
  id: number;
  kind: 'info' | 'error';
  text: string;
  action: ToastAction | null;
}

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  /** A menu is open at the lower edge: in a small window they stand at the upper one. */
  makeRoom = $state(false);
  /** Where they stand: in the window, or in the dialog that is open, which covers the window. The last is the uppermost. */
  #places = $state.raw<readonly symbol[]>([]);
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

  /** Takes back what the newest notice that offers it says was done. @returns whether there was one */
  undo(): boolean {
    const last = this.list.findLast(({ action }) => action?.isUndo);
    if (!last) return false;
    last.action!.run();
    this.dismiss(last.id);
    return true;
  }

  /** Whether they stand at a place. */
  isAt = (place: symbol): boolean => this.#places.at(-1) === place;

  /** They stand at a dialog's place until the returned function is called, at the window's where no dialog is open. */
  standAt(place: symbol, isDialog: boolean): () => void {
    this.#places = isDialog ? [...this.#places, place] : [place, ...this.#places];
    return () => {
      this.#places = this.#places.filter((other) => other !== place);
      for (const { id } of this.list) this.release(id); // the pointer was on one that is gone
    };
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
    this.hold(id);
    const timer = this.#timers.get(id);
    if (timer) timer.handle = setTimeout(() => this.dismiss(id), timer.seconds * 1000);
  };
}
