/**
 * Where the focus goes when a dialog is gone: to what had it before. The browser sees to that where a dialog is closed,
 * not where it is taken away or where the next one followed it; then it is what opened the first of them, and where
 * that is gone too, the title of the place.
 */
let opener: HTMLElement | null = null;

/** To be called as a dialog opens. @returns to be called when it is gone */
export function returnFocus(): () => void {
  const before = document.activeElement;
  const isOwn = before instanceof HTMLElement && before !== document.body;
  if (isOwn) opener = before;
  const wanted = isOwn ? before : opener;
  return () =>
    requestAnimationFrame(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      if (document.querySelector('dialog[open]')) return; // the next one has it
      if (wanted?.isConnected) wanted.focus({ preventScroll: true });
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    });
}

/** Of a control that may vanish by what it did: the focus it has then goes to the title of the place. */
export function passesFocus(control: HTMLElement): () => void {
  return () => {
    const had = document.activeElement === control || document.activeElement === document.body;
    requestAnimationFrame(() => {
      if (had && document.activeElement === document.body)
        document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    });
  };
}
