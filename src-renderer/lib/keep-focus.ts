/**
 * What has the focus may vanish by what it did (a candidate that was answered, the bar of the chosen photos) or by what
 * another window did. A browser leaves the focus nowhere then: a screen reader begins at the top, and Space pauses the
 * run. Here it goes to what is nearest to where it was, else to the title of the place. Dialogs and notices, which know
 * better where it came from, see to it first (return-focus.ts).
 */
const reachable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';

const isReachable = (element: HTMLElement): boolean =>
  element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility();

/** Each element that this one is in, the nearest first; it is in none any more when they are wanted. */
function aroundOf(element: HTMLElement): HTMLElement[] {
  const around: HTMLElement[] = [];
  for (let at = element.parentElement; at; at = at.parentElement) around.push(at);
  return around;
}

/**
 * Gives the focus to the first of these, which had it, where it is still there; else to what is first in the nearest of the
 * others, or to that where it takes the focus.
 */
function land(page: Document, around: readonly HTMLElement[]): void {
  const isNowhere = () => page.activeElement === null || page.activeElement === page.body;
  for (const at of around) {
    if (!isNowhere()) return;
    if (!at.isConnected) continue;
    if (at.querySelector('h1')) break; // nothing but the place is left of where it was
    const own = at === around[0] && isReachable(at) ? at : null;
    const first = own ?? [...at.querySelectorAll<HTMLElement>(reachable)].find(isReachable);
    (first ?? (at.hasAttribute('tabindex') ? at : null))?.focus({ preventScroll: true });
  }
  if (isNowhere()) page.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

/** Until the returned function is called. */
export function keepFocus(page: Document): () => void {
  let held: { element: HTMLElement; around: HTMLElement[] } | null = null;
  const enter = ({ target }: FocusEvent) => {
    held = target instanceof HTMLElement ? { element: target, around: aroundOf(target) } : null;
  };
  /** Whoever presses beside everything lets it go; where it was taken away, that is known before this is asked. */
  const leave = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget === null) setTimeout(() => held?.element === target && held.element.isConnected && (held = null));
  };
  const observer = new MutationObserver((records) => {
    if (held === null || page.activeElement === held.element) return;
    const { element, around } = held;
    // what another place in a list is given to is taken out on the way there
    const isMoved = () => records.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(element)));
    if (element.isConnected && !isMoved()) return;
    held = null;
    // a frame for what comes in its stead, and for what gives the focus back itself
    requestAnimationFrame(() => requestAnimationFrame(() => land(page, [element, ...around])));
  });
  page.addEventListener('focusin', enter);
  page.addEventListener('focusout', leave);
  observer.observe(page.body, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    page.removeEventListener('focusin', enter);
    page.removeEventListener('focusout', leave);
  };
}
